"""Each form as its page shows it and a person fills it in, but for one field: no error, whatever that field holds."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Collection, Page

from subscribers import roles
from tests import factories
from tests.newsroom.pages import url

from .conftest import Attacker, coordinator, superuser
from .forms import HOSTILE, Form, forms_of

pytestmark = pytest.mark.django_db


def the_form(attacker: Attacker, address: str, **filled) -> Form:
    """The longest form of a page that is posted, filled in."""
    answer = attacker.ask(address)
    assert answer.status_code == 200, address
    forms = [form for form in forms_of(answer.content.decode(), address) if form.method == "POST"]
    return max(forms, key=lambda form: len(form.kinds)).filled_in(**filled)


def send(attacker: Attacker, form: Form):
    if form.method == "GET":
        return attacker.ask(f"{form.action}?{form.encoded}")
    return attacker.ask(
        form.action,
        "POST",
        data=form.encoded.encode(),
        content_type="application/x-www-form-urlencoded",
        HTTP_REFERER=f"http://testserver{form.action}",
    )


def attack(
    attacker: Attacker, address: str, taken: int = 302, kinds: tuple[str, ...] = tuple(HOSTILE), **filled
) -> None:
    """Sends the form of `address` as it should be, which is `taken`, and then spoiled field by field, of `kinds`."""
    form = the_form(attacker, address, **filled)
    answer = send(attacker, form)
    assert answer.status_code == taken, (address, _errors(answer), attacker.breaches)
    for spoiled in form.spoiled(kinds):
        send(attacker, spoiled)
    assert attacker.breaches == []


def _errors(answer) -> object:
    form = (answer.context or {}).get("form")
    return getattr(form, "errors", None)


NAMED = {"name": "Yeni ad", "name_en": "New name", "slug": "yeni-ad"}


def test_form_about_agencies_harms_nothing(world):
    attacker, now = superuser(), timezone.now()
    merged = factories.agency(started_at=now - timedelta(days=9), ended_at=now, merged_into=world.agency)
    attack(attacker, reverse("agencies:add"), name="Yeni", code="YENI")
    attack(attacker, reverse("agencies:edit", args=[world.agency.pk]))
    attack(attacker, reverse("agencies:edit", args=[merged.pk]))
    attack(attacker, reverse("agencies:merge", args=[factories.agency().pk]), target=str(world.agency.pk))
    attack(attacker, reverse("agency_entitlements:add"), agency=str(world.agency.pk), part="language:tr")


def test_form_about_people_and_roles_harms_nothing(world):
    attacker = superuser()
    person, role = factories.person(agency=world.agency), Group.objects.get(name=roles.EDITOR)
    password = {"password1": factories.PASSWORD, "password2": factories.PASSWORD}
    attack(
        attacker,
        reverse("wagtailusers_users:add"),
        email="yeni@x.example",
        first_name="A",
        last_name="B",
        **password,
    )
    attack(attacker, reverse("wagtailusers_users:edit", args=[person.pk]), first_name="A", last_name="B")
    attack(attacker, reverse("wagtailusers_groups:edit", args=[role.pk]))
    bulk = "/yonetim/bulk/subscribers/user"
    attack(attacker, f"{bulk}/assign_role/?id={person.pk}", role=str(role.pk))
    attack(attacker, f"{bulk}/set_active_state/?id={person.pk}", mark_as_active="False")


def test_form_of_an_administrators_page_harms_nothing(world):
    attacker = superuser()
    person, machine = factories.person(agency=world.agency), factories.service_account(agency=world.agency)
    token, _secret = factories.token(machine)
    attack(attacker, reverse("view_as"), email=person.email, reason="deneme")
    attack(attacker, reverse("why_not"), taken=200, email=person.email, item="1")
    attack(attacker, reverse("open_service_account"), agency=str(world.agency.pk), name="Yeni")
    attack(
        attacker,
        reverse("service_account", args=[machine.uuid]),
        taken=200,
        name="A",
        scopes=["feeds"],
        days="30",
    )
    attack(attacker, reverse("rotate_token", args=[token.uuid]), taken=200, overlap="1")
    asked = {"number": "E-2026/1", "received_on": "2026-01-05", "email": person.email}
    attack(attacker, reverse("erase_person", args=[person.pk]), **asked)


def test_form_of_an_item_harms_nothing(world):
    """What is written in one is `tests/newsroom/test_bad_input.py`'s; here its days and numbers."""
    attacker, item, kinds = superuser(), world.items["public"], ("moment", "number")
    attack(attacker, url("edit", world.draft), kinds=kinds)
    attack(attacker, url("edit", factories.statement()), kinds=("moment",))
    attack(attacker, url("edit", factories.bulletin(item)), kinds=("moment",))
    attack(attacker, url("unpublish", item), note="Yanlış.")
    attack(attacker, url("audience", item), audience_choice="subscriber", note="Yanlış.", confirmed="1")
    attack(attacker, url("translate", item), language="en")
    decision = {"ground": "kvkk", "decision_number": "1", "decision_date": "2026-01-05", "note": "Karar."}
    attack(attacker, reverse("ask_redaction", args=[item.pk]), **decision)


def test_form_of_wagtails_own_harms_nothing(world):
    attacker, page = superuser(), Page.objects.get(slug="haberler")
    plan, root = Page.objects.get(slug="plan"), Collection.get_first_root_node()
    names = {"name_email-first_name": "A", "name_email-last_name": "B"}
    attack(attacker, reverse("wagtailadmin_account"), **names)
    attack(
        attacker, f"/yonetim/pages/add/home/planpage/{plan.pk}/", title="Yeni", title_en="New", slug="yeni"
    )
    attack(attacker, f"/yonetim/pages/{page.pk}/edit/")
    attack(attacker, f"/yonetim/pages/{plan.pk}/copy/", new_slug="kopya")
    attack(attacker, "/yonetim/masalar/add/", **NAMED)
    attack(attacker, "/yonetim/collections/add/", name="Yeni", parent=str(root.pk))
    attack(attacker, "/yonetim/sites/new/", hostname="x.example", port="80", root_page=str(page.pk))
    attack(attacker, f"/yonetim/images/{factories.image().pk}/")


def test_form_of_an_account_harms_nothing(world):
    attacker = coordinator(world)
    token = {"name": "A", "scopes": ["feeds"], "days": "30", "password": factories.PASSWORD}
    attack(attacker, reverse("account:tokens"), taken=200, **token)
    attack(attacker, reverse("account:agency"), email="yeni@x.example")
    attack(attacker, reverse("account:overview"), language="tr")
    attack(Attacker(), reverse("password_reset"), email="yeni@x.example")


#: Lists and reports that are narrowed by days.
LISTS = (
    *("haberler", "aciklamalar", "bultenler", "pages", "users", "denetim-gunlugu", "karartmalar"),
    *("reports/site-history", "reports/workflow", "reports/workflow_tasks", "reports/locked"),
    *("reports/aging-pages", "haberler/history/{item}", "pages/{page}/history", "users/history/{person}"),
)


def test_moment_in_a_filter_harms_nothing(world):
    attacker, person = superuser(), factories.person()
    names = {
        "item": world.items["public"].pk,
        "page": Page.objects.get(slug="haberler").pk,
        "person": person.pk,
    }
    asked = 0
    for address in (*(f"/yonetim/{name.format(**names)}/" for name in LISTS), "/haberler/", "/ara/?q=a"):
        answer = attacker.ask(address)
        assert answer.status_code == 200, address
        for form in forms_of(answer.content.decode(), address):
            for spoiled in form.spoiled(["moment"]):
                assert send(attacker, spoiled).status_code in (200, 400), spoiled
                asked += 1
    assert asked > 60
    assert attacker.breaches == []
