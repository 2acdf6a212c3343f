import pytest
from django.core.exceptions import ValidationError
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.models import Page, Site

from home.models import CopyWithoutAlias, HomePage, PlanPage, SectionPage
from home.site_tree import PLAN_SECTIONS, ensure_site_tree
from tests import factories
from tests.newsroom.pages import said


def test_tree_is_complete_and_the_default_site(site_tree):
    assert Site.objects.get(is_default_site=True).root_page_id == site_tree.pk
    assert {page.slug for page in SectionPage.objects.all()} == {"haberler", "aciklamalar", "bultenler"}
    plan = PlanPage.objects.get(slug="plan")
    assert [page.slug for page in PlanPage.objects.child_of(plan)] == [text["slug"] for text in PLAN_SECTIONS]


def test_second_call_changes_nothing(site_tree):
    before = list(Page.objects.order_by("pk").values())
    ensure_site_tree()
    assert list(Page.objects.order_by("pk").values()) == before


def test_texts_fill_empty_pages_and_leave_written_ones(site_tree):
    sunus = PlanPage.objects.get(slug="sunus")
    sunus.body_tr = "<p>Editörün metni</p>"
    sunus.save_revision().publish()
    text = {"title_tr": "x", "title_en": "x", "body_tr": "<p>Gösterim</p>", "body_en": "<p>Demo</p>"}
    ensure_site_tree([{**text, "slug": "sunus"}, {**text, "slug": "amaclar"}])
    assert PlanPage.objects.get(slug="sunus").body_tr == "<p>Editörün metni</p>"
    assert PlanPage.objects.get(slug="amaclar").body_en == "<p>Demo</p>"


def test_pages_nest_only_as_the_tree_says():
    assert HomePage.allowed_subpage_models() == [SectionPage, PlanPage]
    assert SectionPage.allowed_subpage_models() == []
    assert PlanPage.allowed_subpage_models() == [PlanPage]
    assert HomePage.allowed_parent_page_models() == [Page]


def test_section_keeps_its_address(site_tree):
    section = SectionPage.objects.get(kind="news")
    section.slug = "gazete"
    with pytest.raises(ValidationError, match="haberler"):
        section.full_clean()


def test_alias_page_is_refused(site_tree):
    plan = PlanPage.objects.get(slug="sunus")
    with pytest.raises(ValidationError, match="Takma ad"):
        CreatePageAliasAction(plan, parent=plan.get_parent(), update_slug="baska").execute(
            skip_permission_checks=True
        )


def test_copy_form_offers_no_alias(site_tree, admin_user):
    form = CopyWithoutAlias(user=admin_user, page=PlanPage.objects.get(slug="sunus"))
    assert "alias" not in form.fields


def test_plan_page_shows_the_text_of_the_interface_language(page, site_tree):
    sunus = PlanPage.objects.get(slug="sunus")
    sunus.body_tr, sunus.body_en = "<p>Türkçe metin</p>", "<p>English text</p>"
    sunus.save_revision().publish()
    assert "Türkçe metin" in page("/plan/sunus/")
    english = page("/en/plan/sunus/")
    assert "English text" in english
    assert "Introduction to the Strategic Plan" in english


def test_plan_page_without_english_text_shows_the_turkish_one_as_such(page, site_tree):
    sunus = PlanPage.objects.get(slug="sunus")
    sunus.body_tr = "<p>Türkçe metin</p>"
    sunus.save_revision().publish()
    assert '<div class="prose" lang="tr"><p' in page("/en/plan/sunus/")


def test_page_answers_no_post(client, site_tree):
    assert client.post("/haberler/").status_code == 405


@pytest.fixture
def admin_user(db):
    return factories.person(is_superuser=True, is_staff=True)


@pytest.mark.parametrize("slug", ["haberler", "des"])
def test_front_of_a_section_and_the_home_page_are_not_copied(client, site_tree, slug):
    client.force_login(factories.person(is_superuser=True, is_staff=True))
    page = Page.objects.get(slug=slug)
    before = Page.objects.count()
    data = {"new_title": "Kopya", "new_slug": "kopya", "new_parent_page": page.get_parent().pk}
    for method in (client.get, client.post):
        answer = method(f"/yonetim/pages/{page.pk}/copy/", data)
        assert answer.status_code == 302
        assert "sitede bir tanedir" in said(answer)
    assert Page.objects.count() == before


@pytest.mark.parametrize("name", ["new_title", "new_slug"])
def test_copy_of_a_page_with_an_endless_name_is_refused_with_a_sentence(client, site_tree, name):
    client.force_login(factories.person(is_superuser=True, is_staff=True))
    page = PlanPage.objects.get(slug="sunus")
    before = Page.objects.count()
    data = {
        "new_title": "Kopya",
        "new_slug": "kopya",
        "new_parent_page": page.get_parent().pk,
        name: "x" * 256,
    }
    answer = client.post(f"/yonetim/pages/{page.pk}/copy/", data)
    assert "en çok 255 karakter" in said(answer)
    assert Page.objects.count() == before
