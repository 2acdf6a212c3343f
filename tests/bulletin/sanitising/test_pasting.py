"""Text pasted from Word and from the web comes out clean."""

import pytest

from bulletin.sanitising import sanitise

pytestmark = pytest.mark.once

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<meta name=Generator content="Microsoft Word 15">
<style><!-- p.MsoNormal {margin:0cm} --></style>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]--></head>
<body lang=TR style='tab-interval:35.4pt'><!--StartFragment-->
<h1 style='margin-top:12.0pt'><span style='font-family:"Cambria",serif'>Ortak açıklama<o:p></o:p></span></h1>
<p class=MsoNormal style='text-align:justify'><span lang=EN-US style='mso-ansi-language:EN-US'>Görüşmelerde <b
style='mso-bidi-font-weight:normal'>iş birliği</b> ele alındı.<o:p></o:p></span></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;
</span></span><![endif]>Ticaret<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><!--[if !supportLists]--><span
style='mso-list:Ignore'>1.<span>&nbsp; </span></span><!--[endif]-->Tarım</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>Enerji</p>
<table class=MsoTableGrid border=1><tr style='height:1cm'><td width=100 valign=top style='border:solid'>
<p class=MsoNormal>Ay<o:p></o:p></p></td>
<td><p class=MsoNormal>Tutar</p></td></tr></table>
<p class=MsoNormal><a style='mso-footnote-id:ftn1' href="#_ftn1" name="_ftnref1"><span
style='mso-special-character:footnote'>[1]</span></a></p>
<!--EndFragment--></body></html>"""


def test_text_pasted_from_word_comes_out_clean():
    assert sanitise(WORD) == (
        "<h2>Ortak açıklama</h2>"
        "<p>Görüşmelerde <strong>iş birliği</strong> ele alındı.</p>"
        "<ul><li>Ticaret<ol><li>Tarım</li></ol></li><li>Enerji</li></ul>"
        "<p>Ay</p><p>Tutar</p>"
        "<p>[1]</p>"
    )


def test_text_pasted_from_a_web_editor_comes_out_clean():
    pasted = (
        '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1">'
        '<p dir="ltr" style="line-height:1.38"><span style="font-size:11pt;font-weight:700;font-style:normal">Ankara'
        '</span><span style="font-weight:400">, 5 Mayıs</span></p><br />'
        '<ul style="margin:0"><li dir="ltr"><p dir="ltr" role="presentation"><span>bir</span></p></li></ul></b>'
        '<div class="share"><a href="javascript:void(0)" onclick="share()">Paylaş</a></div>'
        '<br class="Apple-interchange-newline">'
    )
    assert sanitise(pasted) == ("<p><strong>Ankara</strong>, 5 Mayıs</p><ul><li>bir</li></ul><p>Paylaş</p>")


def test_word_list_that_changes_its_kind_is_two_lists():
    entry = "<p class=MsoList style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>{}</span>{}</p>"
    pasted = entry.format("1.", "a") + entry.format("2)", "b") + entry.format("·", "c")
    assert sanitise(pasted) == "<ol><li>a</li><li>b</li></ol><ul><li>c</li></ul>"


def test_text_after_a_word_list_is_outside_of_it():
    entry = "<p style='mso-list:l0 level1 lfo1'>{}</p>"
    pasted = f"{entry.format('a')}\n<p class=MsoNormal>b</p>\n{entry.format('c')}"
    assert sanitise(pasted) == "<ul><li>a</li></ul><p>b</p><ul><li>c</li></ul>"


def test_text_about_word_is_not_from_word():
    body = '<p>class=MsoNormal, mso-list: <a href="/mso-list/">a</a></p>'
    assert sanitise(body) == body
