"""Rebuilding: what each kind of HTML becomes."""

import pytest

from bulletin.sanitising import sanitise

pytestmark = pytest.mark.once

#: What it shows; what comes in; what goes out.
BODIES = [
    ("nothing", "", ""),
    ("text without a paragraph gets one", "Metin", "<p>Metin</p>"),
    ("white space alone is nothing", " \n\t&nbsp;", ""),
    (
        "a clean body stays as it is",
        "<h2>A</h2><p>b <strong>c</strong></p>",
        "<h2>A</h2><p>b <strong>c</strong></p>",
    ),
    # Content that is no text
    ("scripts go with their content", "<p>a<script>alert('<p>b</p>')</script>c</p>", "<p>ac</p>"),
    ("a script never closed", "<p>a</p><script>b<p>c</p>", "<p>a</p>"),
    ("a script within a script's tag", "<scr<script>ipt>alert(1)</script>", "<p>ipt&gt;alert(1)</p>"),
    ("a tag broken by a NUL is the tag", "<scr\x00ipt>b</script>a", "<p>a</p>"),
    ("styles, titles, frames", "<style>b</style><title>c</title><iframe src=x>d</iframe>a", "<p>a</p>"),
    ("templates, however nested", "<template>b<template>c</template>d</template>a", "<p>a</p>"),
    ("drawings and formulas", "<svg><text>b</text></svg><math><mi>c</mi></math>a", "<p>a</p>"),
    ("a drawing that closes itself", "<svg/>a", "<p>a</p>"),
    ("a drawing never closed loses its tag alone", "<p>a</p><svg><p>b</p>", "<p>a</p><p>b</p>"),
    (
        "forms' choices and players",
        "<select><option>b</select><video>c</video><noscript>d</noscript>a",
        "<p>a</p>",
    ),
    ("deleted text", "<p>on <del>iki</del> üç</p>", "<p>on üç</p>"),
    ("comments", "<p>a<!-- <b>x --><!-->b</p>", "<p>ab</p>"),
    ("hidden text", "<p>a<span style='DISPLAY : none'>b</span><b hidden>c</b></p>", "<p>a</p>"),
    # Blocks
    ("divisions end paragraphs", "<div>a<div>b</div>c</div>", "<p>a</p><p>b</p><p>c</p>"),
    (
        "other blocks do too",
        "<section>a<article>b</article></section><dl><dt>c<dd>d</dl>",
        "<p>a</p><p>b</p><p>c</p><p>d</p>",
    ),
    ("paragraphs close each other", "<p>a<p>b", "<p>a</p><p>b</p>"),
    ("text after a paragraph", "<p>a</p>b", "<p>a</p><p>b</p>"),
    (
        "empty blocks go",
        "<p></p><p>&nbsp;</p><h2> </h2><ul><li></li></ul><blockquote></blockquote>a",
        "<p>a</p>",
    ),
    ("a paragraph of invisible characters is empty", "<p>\u200b&shy;\u200e</p>a", "<p>a</p>"),
    (
        "headings keep to two levels",
        "<h1>a</h1><h3>b</h3><h4>c</h4><h6>d</h6>",
        "<h2>a</h2><h3>b</h3><h3>c</h3><h3>d</h3>",
    ),
    ("blocks in a heading become lines", "<h2><div>a</div><p>b</p></h2>c", "<h2>a<br>b</h2><p>c</p>"),
    ("line breaks at the edges go", "<p><br>a<br>b<br></p>", "<p>a<br>b</p>"),
    ("two line breaks are a paragraph's end", "<p>a<br> <br>b</p>", "<p>a</p><p>b</p>"),
    ("preformatted lines stay lines", "<pre>\na\n  b\n\nc</pre>", "<p>a<br>b</p><p>c</p>"),
    ("rules", "a<hr/>b<hr>", "<p>a</p><hr><p>b</p><hr>"),
    ("a heading left open ends with the next", "<h2>a<h3>b</h2>c", "<h2>a</h2><h3>b</h3><p>c</p>"),
    (
        "a rule where none can stand ends a line",
        "<h2>a<hr>b</h2><li>c<hr>d",
        "<h2>a<br>b</h2><ul><li>c<br>d</li></ul>",
    ),
    (
        "each paragraph of a quotation is one",
        "<blockquote>a<p>b<br>c</p><hr></blockquote>d",
        "<blockquote>a</blockquote><blockquote>b<br>c</blockquote><hr><p>d</p>",
    ),
    (
        "what stands in a quotation as itself",
        "<blockquote><h2>a</h2><ul><li>b</ul>c</blockquote>",
        "<h2>a</h2><ul><li>b</li></ul><blockquote>c</blockquote>",
    ),
    # Lists
    ("entries close each other", "<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
    ("a list in an entry", "<ul><li>a<ol><li>b</ol></ul>", "<ul><li>a<ol><li>b</li></ol></li></ul>"),
    (
        "a list beside entries belongs to the one before",
        "<ul><li>a</li><ul><li>b</li></ul></ul>",
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
    ),
    ("text in a list is an entry", "<ul>a<li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
    ("an entry without a list gets one", "<li>a</li><li>b</li>c", "<ul><li>a</li><li>b</li></ul><p>c</p>"),
    ("numbering begins with one", "<ol start=3 type=a><li>a</ol>", "<ol><li>a</li></ol>"),
    (
        "paragraphs in an entry are its lines",
        "<ul><li><h3>a</h3><p>b</p><blockquote>c</blockquote></li></ul>",
        "<ul><li>a<br>b<br>c</li></ul>",
    ),
    (
        "words after a list in an entry are an entry",
        "<ul><li>a<ul><li>b</ul>c</ul>",
        "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
    ),
    (
        "a list in an entry without words takes its place",
        "<ul><li><ul><li><ul><li>a</ul></ul><li>b</ul>",
        "<ul><li>a</li><li>b</li></ul>",
    ),
    (
        "lists one after the other are one",
        "<ul><li>a</ul><ul><li>b</ul><ol><li>c</ol>",
        "<ul><li>a</li><li>b</li></ul><ol><li>c</li></ol>",
    ),
    (
        "the lists in an entry are of one kind",
        "<ul><li>a<ol><li>b</ol><ul><li>c<ul><li>d</ul></ul><li>e<ul><li>f</ul></ul>",
        "<ul><li>a<ol><li>b</li><li>c<ol><li>d</li></ol></li></ol></li><li>e<ul><li>f</li></ul></li></ul>",
    ),
    (
        "a sixth level is the fifth",
        "<ul><li>a<ul><li>b<ul><li>c<ul><li>d<ul><li>e<ul><li>f" + "</ul>" * 6,
        "<ul><li>a<ul><li>b<ul><li>c<ul><li>d<ul><li>e</li><li>f" + "</li></ul>" * 5,
    ),
    # Tables and pictures
    ("each cell is a paragraph", "<table><tr><td>a<td>b<tr><th>c</table>", "<p>a</p><p>b</p><p>c</p>"),
    ("empty cells go", "<table><tr><td></td><td>b</td></tr></table>", "<p>b</p>"),
    (
        "captions and text between cells stay",
        "<table><caption>a</caption>b<thead><tr>c<th colspan=2>d</thead>e</table>",
        "<p>a</p><p>b</p><p>c</p><p>d</p><p>e</p>",
    ),
    (
        "cells keep what stands in them",
        "<td><h2>a</h2><ul><li>b</ul><p>c<p>d</td>",
        "<h2>a</h2><ul><li>b</li></ul><p>c</p><p>d</p>",
    ),
    ("a table in a cell", "<table><td>a<table><td>b</table>c</table>", "<p>a</p><p>b</p><p>c</p>"),
    ("a table in an entry", "<ul><li><table><td>a<td>b</table></ul>", "<ul><li>a<br>b</li></ul>"),
    (
        "a picture goes, its caption stays",
        "<figure><img src=/x.png alt=a><figcaption>b</figcaption></figure>c",
        "<p>b</p><p>c</p>",
    ),
    # Inline
    (
        "bold and italic have one name each",
        "<p><b>a</b> <i>b</i> x <cite>c</cite></p>",
        "<p><strong>a</strong> <em>b</em> x <em>c</em></p>",
    ),
    (
        "formats that overlap are nested",
        "<p><b>a<i>b</b>c</i></p>",
        "<p><strong>a<em>b</em></strong><em>c</em></p>",
    ),
    (
        "formats that repeat are written once",
        "<p><b>a<b>b</b></b><b>c</b></p>",
        "<p><strong>abc</strong></p>",
    ),
    ("formats without words go", "<p>a<b></b><i> </i>b</p>", "<p>a b</p>"),
    (
        "a format around blocks is in each",
        "<b><p>a</p><p>b</p></b>",
        "<p><strong>a</strong></p><p><strong>b</strong></p>",
    ),
    ("a format never closed ends with its block", "<p><b>a</p><p>b</p>", "<p><strong>a</strong></p><p>b</p>"),
    ("spaces stand outside of formats", "<p>a <b> b </b>c</p>", "<p>a <strong>b</strong> c</p>"),
    (
        "runs of spaces are one, a no-break space stays",
        "<p>5&nbsp;km, \n 6\u00a0\u00a0km</p>",
        "<p>5\u00a0km, 6 km</p>",
    ),
    ("quotation marks that a browser would draw are written", "<p><q>a <q>b</q></q></p>", "<p>“a ‘b’”</p>"),
    (
        "unknown elements leave their words",
        "<p><font color=red>a</font><u>b</u><x-y>c</x-y></p>",
        "<p>abc</p>",
    ),
    (
        "styles that mean something",
        "<p><span style='font-weight:700'>a</span><u style='FONT-STYLE: italic'>b</u>"
        "c<span style='vertical-align:super'>2</span></p>",
        "<p><strong>a</strong><em>b</em>c<sup>2</sup></p>",
    ),
    ("bold that is told not to be", "<b style='font-weight:normal'><p>a</p></b>", "<p>a</p>"),
    ("languages and directions go", "<p lang=ar dir=RTL>a<span lang=en>b</span></p>", "<p>ab</p>"),
    # Links
    ("a link", "<a href=/haber/1/ target=_blank rel=x hreflang=en>a</a>", '<p><a href="/haber/1/">a</a></p>'),
    ("a link in a link", "<a href=/a>a<a href=/b>b</a></a>", '<p><a href="/a">a</a><a href="/b">b</a></p>'),
    (
        "a link stands around other formats",
        "<b><a href=/a>a</a></b>",
        '<p><a href="/a"><strong>a</strong></a></p>',
    ),
    (
        "a link ends with its line",
        "<p><a href=/a>a<br>b</a></p>",
        '<p><a href="/a">a</a><br><a href="/a">b</a></p>',
    ),
    ("an anchor", "<a name=x>a</a>", "<p>a</p>"),
    # Characters
    (
        "references are decoded once",
        "<p>&amp;lt; &lt;b&gt; &uuml; &quot;</p>",
        '<p>&amp;lt; &lt;b&gt; ü "</p>',
    ),
    ("texts are composed", "<p>s\u0327</p>", "<p>ş</p>"),
    ("across tags that go", "<p>s<x>\u0327</x></p>", "<p>ş</p>"),
    ("a stroke after a tag can't eat it", "<p>\u0338a</p>", "<p>&#x338;a</p>"),
    (
        "controls, surrogates, noncharacters",
        "<p>a\x00\x01\x1f\x7f\x9f\ud800\ufffe\U0001fffe&#1;b</p>",
        "<p>ab</p>",
    ),
    ("controls that are white space", "<p>a\vb\fc\x85d\u2028e</p>", "<p>a b c d e</p>"),
    ("embeddings, overrides, isolates", "<p>a\u202e&#x202d;\u2066b\u2069\u202c</p>", "<p>ab</p>"),
    ("direction marks stay", "<p>a\u200e\u200f\u061cb</p>", "<p>a\u200e\u200f\u061cb</p>"),
    ("a byte order mark", "\ufeff<p>a\ufeff</p>", "<p>a</p>"),
    ("tags never finished", "<p>a</p><p title='x", "<p>a</p>"),
]


@pytest.mark.parametrize(("html", "clean"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
def test_body(html, clean):
    assert sanitise(html) == clean


def test_refused_link_leaves_its_words():
    assert sanitise('<p><a href="JaVaScript&colon;alert(1)">a</a></p>') == "<p>a</p>"


def test_ampersand_of_an_address_is_no_reference():
    assert (
        sanitise('<a href="/?a=1&copy=2&amp;b=3">x</a>') == '<p><a href="/?a=1&amp;copy=2&amp;b=3">x</a></p>'
    )
