"""A superuser's account is a superuser's business: an administrator reaches it by no page and no bulk action."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse

from administration import erasure
from subscribers import roles
from subscribers.models import User
from tests import factories
from tests.administration.test_erasure import REQUEST
from tests.newsroom.pages import said
from tests.subscribers.signing_in import with_second_factor

pytestmark = pytest.mark.django_db

REFUSED = "ancak bir üst yönetici"


@pytest.fixture
def administrator():
    return factories.person(role="administrator")


@pytest.fixture
def entered(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def root():
    return factories.person(first_name="Kök", is_superuser=True, is_staff=True)


def bulk(action: str, *people) -> str:
    """`people`: numbers, or "all"."""
    return f"/yonetim/bulk/subscribers/user/{action}/?" + "&".join(f"id={person}" for person in people)


def as_it_was(root) -> bool:
    now = User.objects.filter(pk=root.pk).first()
    return now is not None and (now.is_active, now.email, now.is_superuser, list(now.groups.all())) == (
        root.is_active,
        root.email,
        True,
        [],
    )


@pytest.mark.parametrize("chosen", ["one", "among others", "all"])
@pytest.mark.parametrize("action", ["set_active_state", "assign_role", "delete"])
def test_bulk_action_upon_a_superuser_is_refused_and_changes_nobody(entered, root, action, chosen):
    other = factories.person()
    numbers = {"one": [root.pk], "among others": [other.pk, root.pk], "all": ["all"]}[chosen]
    role = Group.objects.get(name=roles.EDITOR)
    answer = entered.post(bulk(action, *numbers), {"mark_as_active": "False", "role": role.pk})
    assert REFUSED in said(answer)
    assert root.display_name in said(answer)
    assert as_it_was(root)
    other.refresh_from_db()
    assert (other.is_active, other.groups.count()) == (True, 0)


@pytest.mark.parametrize("action", ["set_active_state", "assign_role"])
def test_bulk_action_of_a_superuser_upon_another_is_done(client, root, action):
    client.force_login(factories.person(is_superuser=True, is_staff=True))
    role = Group.objects.get(name=roles.EDITOR)
    client.post(bulk(action, root.pk), {"mark_as_active": "False", "role": role.pk})
    assert not as_it_was(root)


@pytest.mark.parametrize("action", ["set_active_state", "assign_role", "delete"])
def test_bulk_action_upon_everybody_else_is_done(entered, root, action):
    other = factories.person()
    role = Group.objects.get(name=roles.EDITOR)
    entered.post(bulk(action, other.pk), {"mark_as_active": "False", "role": role.pk})
    found = User.objects.filter(pk=other.pk).first()
    assert found is None or not found.is_active or found.groups.exists()


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["edit", "delete"])
def test_page_of_a_superuser_is_refused_with_a_sentence(entered, root, page, method, is_active):
    root.is_active = is_active
    root.save()
    data = {"email": "ele@gecirildi.example", "is_active": "on"}
    answer = getattr(entered, method)(reverse(f"wagtailusers_users:{page}", args=[root.pk]), data)
    assert REFUSED in said(answer)
    assert as_it_was(root)


@pytest.mark.parametrize("page", ["edit", "delete"])
def test_whoever_changes_nobody_is_not_told_who_is_a_superuser(client, root, chief_editor, page):
    client.force_login(chief_editor)
    answer = client.get(reverse(f"wagtailusers_users:{page}", args=[root.pk]))
    assert answer.status_code == 302
    assert root.display_name not in said(answer)


@pytest.mark.parametrize("is_active", [True, False])
def test_superuser_is_erased_by_no_administrator(entered, administrator, root, is_active):
    User.objects.filter(pk=root.pk).update(is_active=is_active)
    root.refresh_from_db()
    with pytest.raises(ValidationError, match=REFUSED):
        erasure.erase(root, by=administrator, request=REQUEST)
    page = reverse("erase_person", args=[root.pk])
    assert REFUSED in entered.get(page).content.decode()
    asked = {"number": REQUEST.number, "received_on": "2026-03-02", "email": root.email}
    assert REFUSED in entered.post(page, asked).content.decode()
    assert as_it_was(root)


def test_superuser_whose_account_is_closed_is_erased_by_another(root):
    User.objects.filter(pk=root.pk).update(is_active=False)
    root.refresh_from_db()
    erasure.erase(root, by=factories.person(is_superuser=True), request=REQUEST)
    root.refresh_from_db()
    assert root.erased_at is not None


def test_second_factor_of_a_superuser_is_reset_by_no_administrator(client, administrator, root):
    with_second_factor(root)
    client.force_login(administrator)
    answer = client.post(reverse("reset_second_factor", args=[root.pk]), {"reason": "x"})
    assert REFUSED in answer.content.decode()


@pytest.mark.parametrize("is_active", [True, False])
def test_nobody_looks_through_a_superusers_eyes(entered, root, is_active):
    User.objects.filter(pk=root.pk).update(is_active=is_active)
    answer = entered.post(reverse("view_as"), {"email": root.email, "reason": "x"})
    assert answer.status_code == 200
    assert answer.context["form"].errors


@pytest.mark.parametrize("of_root", [True, False])
def test_no_superuser_is_made_by_copying_an_account(entered, administrator, root, of_root):
    """Wagtail copies accounts on a page of its own, past ours."""
    person = root if of_root else administrator
    data = {
        "email": "ikinci@des.example",
        "password1": factories.PASSWORD,
        "password2": factories.PASSWORD,
        "is_active": "on",
        "is_superuser": "on",
    }
    address = f"/yonetim/users/copy/{person.pk}/"
    assert entered.get(address).status_code == 404
    entered.post(address, data)
    assert not User.objects.filter(email="ikinci@des.example").exists()
