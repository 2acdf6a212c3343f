"""The check of the English catalogue: what it finds, in code, in templates and in the catalogue itself."""

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from django.utils.translation.template import templatize

import translations

TEMPLATE = """{% extends "site/base.html" %}{% load i18n %}
<html lang="{{ language }}"><title>{% translate "Ara" %}</title>
<p>{% blocktranslate count n=list|length trimmed %}
   {{ n }} haber
{% plural %}
   {{ n }} haberler
{% endblocktranslate %} DES</p>
   <a {% if x %}class="b"{% endif %} href="{% url 'x' %}?{{ y }}">{{ _("Sonraki") }}</a>
<img alt="{% translate 'Görsel "bir"' %}">{% translate "May" context "ay adı" %}
{% if a == _("Evet") %}{% endif %}{% blocktranslate %}Yüzde 100{% endblocktranslate %}
"""


def texts_of(tmp_path, name, source):
    found = Catalog(locale="en")
    translations._collect(found, tmp_path / name, source.encode())
    return {(message.context, message.id) for message in found if message.id}


def test_every_way_of_translating_in_a_template_is_seen(tmp_path):
    source = f"({templatize(TEMPLATE)}\n)"
    assert texts_of(tmp_path, "page.html", source) == {
        (None, "Ara"),
        (None, ("%(n)s haber", "%(n)s haberler")),
        (None, "Sonraki"),
        (None, 'Görsel "bir"'),
        ("ay adı", "May"),
        (None, "Evet"),
        (None, "Yüzde 100"),
    }


def test_every_way_of_translating_in_code_is_seen(tmp_path):
    source = """
label = _("Başlık")
lazy = gettext_lazy("Öz" "et")
several = ngettext("%(n)s kayıt", "%(n)s kayıtlar", n)
one = pgettext_lazy("ay adı", "May")
both = npgettext("gün", "%s Pazar", "%s Pazarlar", n)
not_one = other("Metin")
"""
    assert texts_of(tmp_path, "module.py", source) == {
        (None, "Başlık"),
        (None, "Özet"),
        (None, ("%(n)s kayıt", "%(n)s kayıtlar")),
        ("ay adı", "May"),
        ("gün", ("%s Pazar", "%s Pazarlar")),
    }


def faults(catalogue, *texts):
    code = Catalog(locale="en")
    for text in texts:
        code.add(text, locations=[("home/pages.py", 1)])
    return list(translations.faults_of_catalogue(catalogue, code))


@pytest.fixture
def catalogue():
    made = Catalog(locale="en", fuzzy=False)
    made.add("Ara", "Search")
    return made


def test_complete_catalogue_has_no_fault(catalogue):
    assert faults(catalogue, "Ara") == []


def test_missing_text_is_a_fault(catalogue):
    assert faults(catalogue, "Ara", "Sonraki") == ["home/pages.py: not in the English catalogue: 'Sonraki'"]


def test_untranslated_text_is_a_fault(catalogue):
    catalogue.add("Sonraki", "")
    assert faults(catalogue, "Ara", "Sonraki") == ["home/pages.py: not translated: 'Sonraki'"]


def test_half_translated_plural_is_a_fault(catalogue):
    catalogue.add(("%(n)s kayıt", "%(n)s kayıtlar"), ("%(n)s record", ""))
    found = faults(catalogue, "Ara", ("%(n)s kayıt", "%(n)s kayıtlar"))
    assert found == ["home/pages.py: not translated: '%(n)s kayıt'"]


def test_fuzzy_text_is_a_fault(catalogue):
    catalogue.add("Sonraki", "Next", flags=["fuzzy"])
    assert faults(catalogue, "Ara", "Sonraki") == ["home/pages.py: translation marked fuzzy: 'Sonraki'"]


def test_text_no_longer_used_is_a_fault(catalogue):
    catalogue.add("Önceki", "Previous")
    assert faults(catalogue, "Ara") == ["locale/en/LC_MESSAGES/django.po: no longer used: 'Önceki'"]


def test_translation_that_lost_its_placeholder_is_a_fault(catalogue):
    catalogue.add("%(count)s sonuç", "results of %(number)s", flags=["python-format"])
    (fault,) = faults(catalogue, "Ara", "%(count)s sonuç")
    assert "%(count)s sonuç" in fault


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ("<p>Kaldı</p>", ["Kaldı"]),
        ('<a title="Geri dön">{{ x }}</a>', ["Geri dön"]),
        ('<input placeholder="Ara" {% if x %}disabled{% endif %}>', ["Ara"]),
        ("{% translate 'Ara' %}", []),
        ("{% blocktranslate %}<b>Ara</b>{% endblocktranslate %}", []),
        ("<p>{{ n }} · RSS · H2.1</p>", []),
        ('<a lang="en" hreflang="en">English</a> <p>x</p>', ["x"]),
        ('<html lang="{{ language }}"><p lang="{{ item.language }}">Kaldı</p></html>', ["Kaldı"]),
        ('<html lang="tr"><p>Hata</p><p lang="en">Error</p></html>', []),
        ('<span translate="no"><b>des@example</b><br></span><p>y</p>', ["y"]),
        ("<script>var a</script><style>b{}</style><!-- c -->{# d #}{% comment %}e{% endcomment %}", []),
        ('<svg><path d="M0 0"/><title>Şema</title></svg>', ["Şema"]),
    ],
)
def test_text_outside_translate_is_found_in_templates(template, texts):
    assert [text for _line, text in translations.untranslatable_texts(template)] == texts


def test_text_outside_translate_is_found_with_its_line_in_letters():
    template = "{% load i18n %}\n{% blocktranslate %}\nMerhaba\n{% endblocktranslate %}\nSaygılarımızla\n"
    assert translations.untranslatable_texts(template, is_html=False) == [(5, "Saygılarımızla")]


def test_compiled_catalogue_holds_the_translations(tmp_path, monkeypatch):
    source = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Ara"\nmsgstr "Search"\n\n'
        '#, fuzzy\nmsgid "Sonraki"\nmsgstr "Next"\n'
    )
    monkeypatch.setattr(translations, "LOCALE", tmp_path)
    assert translations.compile_all() == 0
    with source.with_suffix(".mo").open("rb") as compiled:
        made = read_mo(compiled)
    assert made.get("Ara").string == "Search"
    assert made.get("Sonraki") is None


def turkish_faults(**texts):
    turkish = Catalog(locale="tr", fuzzy=False)
    for text, translation in texts.items():
        turkish.add(text, translation)
    return list(translations.faults_of_turkish(turkish, {(None, "Publish")}, translations.TURKISH["django"]))


def test_turkish_text_of_wagtails_has_no_fault():
    assert turkish_faults(Publish="Yayımla") == []


def test_turkish_text_that_wagtail_no_longer_has_is_a_fault():
    assert turkish_faults(Gone="Gitti") == [
        "locale/tr/LC_MESSAGES/django.po: not a text of Wagtail's: 'Gone'"
    ]


def test_turkish_text_without_words_is_a_fault():
    assert turkish_faults(Publish="") == ["locale/tr/LC_MESSAGES/django.po: not translated: 'Publish'"]


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_texts_of_the_installed_wagtail_are_found(domain):
    assert len(translations.texts_of_wagtail(domain)) > 50
