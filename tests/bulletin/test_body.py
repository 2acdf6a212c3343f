"""Rebuilding: what each kind of HTML becomes."""

import pytest

from bulletin.sanitising import sanitise

pytestmark = pytest.mark.once

IMAGE = f"/gorsel/{'ab' * 32}/640/"

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
    ("headings keep to three levels", "<h1>a</h1><h3>b</h3><h6>c</h6>", "<h2>a</h2><h3>b</h3><h4>c</h4>"),
    ("blocks in a heading become lines", "<h2><div>a</div><p>b</p></h2>c", "<h2>a<br>b</h2><p>c</p>"),
    ("line breaks at the edges go", "<p><br>a<br>b<br></p>", "<p>a<br>b</p>"),
    ("two line breaks are a paragraph's end", "<p>a<br> <br>b</p>", "<p>a</p><p>b</p>"),
    ("preformatted lines stay lines", "<pre>\na\n  b\n\nc</pre>", "<p>a<br>b</p><p>c</p>"),
    ("rules", "a<hr/>b<hr>", "<p>a</p><hr><p>b</p><hr>"),
    (
        "a single paragraph in a quotation needs no tag",
        "<blockquote><p>a</p></blockquote>",
        "<blockquote>a</blockquote>",
    ),
    ("several do", "<blockquote>a<p>b</p></blockquote>", "<blockquote><p>a</p><p>b</p></blockquote>"),
    # Lists
    ("entries close each other", "<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
    ("a list in an entry", "<ul><li>a<ol><li>b</ol></ul>", "<ul><li>a<ol><li>b</li></ol></li></ul>"),
    (
        "a list beside entries belongs to the one before",
        "<ul><li>a</li><ul><li>b</li></ul></ul>",
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
    ),
    ("text in a list is an entry", "<ul>a<li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
    ("an entry without a list gets one", "<li>a</li><li>b</li>c", "<ul><li>a</li><li>b</li><li>c</li></ul>"),
    ("a number to start with", "<ol start=3 type=a><li>a</ol>", '<ol start="3"><li>a</li></ol>'),
    # Tables
    (
        "cells stay apart",
        "<table><tr><td>a<td>b<tr><td>c</table>",
        "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>",
    ),
    (
        "empty cells keep their place",
        "<table><tr><td></td><td>b</td></tr></table>",
        "<table><tbody><tr><td></td><td>b</td></tr></tbody></table>",
    ),
    ("a table without words goes", "<table><tr><td>&nbsp;</td></tr></table>a", "<p>a</p>"),
    (
        "heads and spans",
        "<table><thead><tr><th scope=COL colspan=02>a</th></tr></thead><tfoot><tr><td rowspan=0 width=3>b</table>",
        '<table><thead><tr><th scope="col" colspan="2">a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>',
    ),
    (
        "a table's caption stands before it",
        "<table><caption>a</caption><tr><td>b</table>",
        "<p>a</p><table><tbody><tr><td>b</td></tr></tbody></table>",
    ),
    (
        "text between cells gets a cell",
        "<table>a<tr>b<td>c</table>",
        "<table><tbody><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></tbody></table>",
    ),
    ("cells without a table are paragraphs", "<td>a</td><td>b</td>", "<p>a</p><p>b</p>"),
    (
        "a table in a cell",
        "<table><td>a<table><td>b</table>c</table>",
        "<table><tbody><tr><td><p>a</p><table><tbody><tr><td>b</td></tr></tbody></table><p>c</p></td></tr></tbody></table>",
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
    # Languages
    ("languages and directions stay", "<p lang=ar dir=RTL onclick=x>a</p>", '<p lang="ar" dir="rtl">a</p>'),
    (
        "those of a division are its paragraphs'",
        "<div dir=rtl><p>a</p><p dir=ltr>b</p></div>",
        '<p dir="rtl">a</p><p dir="ltr">b</p>',
    ),
    (
        "a span without a language is none",
        "<p><span class=x>a</span><em lang=en>b</em></p>",
        '<p>a<em><span lang="en">b</span></em></p>',
    ),
    ("what is no language goes", "<p lang='x\"><b'>a</p>", "<p>a</p>"),
    # Links and pictures
    (
        "a link",
        "<a href=/haber/1/ target=_blank rel=x hreflang=en>a</a>",
        '<p><a href="/haber/1/" hreflang="en">a</a></p>',
    ),
    ("a link in a link", "<a href=/a>a<a href=/b>b</a></a>", '<p><a href="/a">a</a><a href="/b">b</a></p>'),
    ("an anchor", "<a name=x>a</a>", "<p>a</p>"),
    (
        "the site's own picture",
        f"<img src={IMAGE} width=640 height=0 onerror=x>",
        f'<p><img src="{IMAGE}" alt="" width="640"></p>',
    ),
    (
        "any other picture",
        "<p>a<img src=https://example.com/x.png alt=b><img src='data:image/png;base64,AA'></p>",
        "<p>a</p>",
    ),
    (
        "a picture with its caption",
        f"<figure><img src={IMAGE} alt='x &quot;y&quot;'><figcaption><p>a</p><p>b</p></figcaption></figure>",
        f'<figure><img src="{IMAGE}" alt="x &quot;y&quot;"><figcaption>a<br>b</figcaption></figure>',
    ),
    ("a caption without a figure", "<figcaption>a</figcaption>b", "<p>a</p><p>b</p>"),
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


@pytest.mark.parametrize(
    "source",
    [IMAGE.upper(), IMAGE + "../x", IMAGE + "?x", "https://example.com" + IMAGE, IMAGE[1:], "/media/x.png"],
)
def test_picture_that_is_not_protected_is_not_shown(source):
    assert "img" not in sanitise(f'<img src="{source}">')
