"""Permissions by desk: whoever is bound to desks changes the news items of these alone, on every path there is."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import TaskState

from bulletin.models import NewsItem, Publication, Statement
from newsroom import approval, desk_rights
from newsroom.models import DeskBinding
from subscribers.models import User
from tests import factories
from tests.administration.test_people import person_form
from tests.newsroom.pages import form_of, said, url

pytestmark = pytest.mark.django_db


def fresh(item):
    return type(item).objects.get(pk=item.pk)


def bound(person, *desks):
    """`person` as a request meets them, bound to `desks`."""
    desk_rights.bind(person, desks)
    return User.objects.get(pk=person.pk)


@pytest.fixture
def own():
    return factories.desk(name="Avrupa Masası")


@pytest.fixture
def other():
    return factories.desk(name="Asya Masası")


@pytest.fixture
def person(chief_editor, own):
    """A chief editor of one desk: their role permits everything that the desk then refuses."""
    return bound(chief_editor, own)


@pytest.fixture
def entered(client, person):
    client.force_login(person)
    return client


@pytest.fixture
def draft(other, editor):
    """A draft of another desk, written by somebody else."""
    item = factories.news_item(title="Asya haberi", desk=other)
    item.save_revision(user=editor)
    return fresh(item)


@pytest.fixture
def submitted(draft, editor):
    """The same, waiting for approval."""
    draft.get_workflow().start(draft, editor)
    return fresh(draft)


@pytest.fixture
def offered(other):
    """A news item of another desk, on offer."""
    return factories.published_news(title="Yayındaki Asya haberi", desk=other)


def row_of(item) -> dict:
    """What no refused change may touch."""
    item = fresh(item)
    return {
        "live": item.live,
        "draft": item.latest_revision_id,
        "words": item.latest_revision and item.latest_revision.content["title"],
        "audience": item.audience,
        "locked": item.locked,
        "log": Publication.objects.count(),
        "tasks": sorted(TaskState.objects.for_instance(item).values_list("status", flat=True)),
    }


# --- The rule ----------------------------------------------------------------------------------------------------


def test_person_bound_to_none_works_for_every_desk(chief_editor, draft):
    assert desk_rights.desks_of(chief_editor) is None
    assert desk_rights.may_work_on(chief_editor, draft)


def test_superuser_works_for_every_desk(person, draft):
    person.is_superuser = True
    assert desk_rights.may_work_on(person, draft)


def test_person_bound_to_two_desks_works_for_both(person, own, other, draft):
    assert desk_rights.may_work_on(bound(person, own, other), draft)


def test_statements_and_bulletins_are_of_no_desk(person, offered):
    for item in (factories.statement(), factories.bulletin(offered)):
        assert desk_rights.may_work_on(person, item)


def test_bare_item_is_known_by_its_kinds_desk(person, draft):
    assert not desk_rights.may_work_on(person, draft.item_ptr)


def test_item_on_its_way_to_another_desk_is_for_those_who_work_for_both(person, own, other, editor):
    item = factories.published_news(desk=own)
    item.desk = other
    item.save_revision(user=editor)
    assert not desk_rights.may_work_on(person, fresh(item))
    assert not desk_rights.may_work_on(bound(editor, other), fresh(item))
    assert desk_rights.may_work_on(bound(person, own, other), fresh(item))


def test_draft_begun_on_the_wrong_desk_is_for_those_of_the_right_one(client, person, own, other, editor):
    item = factories.news_item(desk=other)
    client.force_login(editor)
    client.post(url("edit", item), form_of(item, desk=own.pk))
    assert desk_rights.may_work_on(person, fresh(item))
    assert not desk_rights.may_work_on(bound(editor, other), fresh(item))
    assert list(desk_rights.of_own_desks(person, NewsItem.objects.all())) == [item]


def test_binding_gives_no_permission_that_the_role_lacks(own):
    auditor = bound(factories.person(role="auditor"), own)
    policy = NewsItem.snippet_viewset.permission_policy
    item = factories.news_item(desk=own)
    assert policy.user_has_permission_for_instance(auditor, "view", item)
    assert not policy.user_has_permission_for_instance(auditor, "change", item)


def test_policy_tells_who_may_change_an_item(person, chief_editor, draft, own):
    unbound, colleague = factories.person(role="chief_editor"), factories.person(role="editor")
    bound(colleague, draft.desk)
    policy = NewsItem.snippet_viewset.permission_policy
    assert set(policy.users_with_permission_for_instance("change", draft)) >= {unbound, colleague}
    assert person not in policy.users_with_permission_for_instance("change", draft)
    assert person in policy.users_with_permission_for_instance("view", draft)
    assert draft not in policy.instances_user_has_permission_for(person, "change")
    assert draft in policy.instances_user_has_permission_for(person, "view")


def test_desk_that_somebody_is_bound_to_is_not_deleted(person, own):
    with pytest.raises(ProtectedError):
        own.delete()


# --- Every way of changing an item ----------------------------------------------------------------------------------


def test_edit_page_of_another_desks_item_leads_to_where_it_is_read_with_a_sentence(entered, draft):
    response = entered.get(url("edit", draft))
    assert response.headers["Location"] == url("inspect", draft)
    assert "“Asya haberi” sizin masanızın haberi değil (Asya Masası)" in said(response)
    page = entered.get(url("inspect", draft)).content.decode()
    assert "Asya haberi" in page
    assert url("edit", draft) not in page
    assert url("delete", draft) not in page


@pytest.mark.parametrize(
    "action", ["save", "publish", "submit", "cancel-workflow", "restart-workflow", "workflow-action"]
)
def test_form_of_another_desks_item_is_refused_whatever_its_button(entered, submitted, action):
    before = row_of(submitted)
    data = form_of(submitted, title="Değişti", **{f"action-{action}": "1", "workflow-action-name": "approve"})
    response = entered.post(url("edit", submitted), data)
    assert response.headers["Location"] == url("inspect", submitted)
    assert row_of(submitted) == before


def test_autosave_of_another_desks_item_is_refused_with_the_sentence(entered, draft):
    before = row_of(draft)
    response = entered.post(
        url("edit", draft), form_of(draft, title="Değişti"), HTTP_ACCEPT="application/json"
    )
    assert response.status_code == 403
    assert "sizin masanızın haberi değil" in response.json()["error_message"]
    assert row_of(draft) == before


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_another_desks_item_is_neither_approved_nor_returned(entered, submitted, action):
    before = row_of(submitted)
    state = submitted.current_workflow_task_state
    entered.post(url("workflow_action", submitted, action, state.pk), {"comment": "Olsun"})
    entered.get(url("collect_workflow_action_data", submitted, action, state.pk))
    assert row_of(submitted) == before


def test_approval_itself_asks_for_the_desk(person, submitted):
    before = row_of(submitted)
    with pytest.raises(desk_rights.OtherDesk):
        approval.act(submitted.current_workflow_task_state, person, "approve")
    assert row_of(submitted) == before


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("unpublish", {"note": "Yanlış."}),
        ("audience", {"audience_choice": "subscriber", "confirmed": "1"}),
        ("translate", {"language": "en"}),
        ("lock", {}),
        ("delete", {}),
    ],
)
def test_item_on_offer_of_another_desk_stays_as_it_is(entered, offered, name, data):
    before = row_of(offered)
    response = entered.post(url(name, offered), data)
    assert response.headers["Location"] == url("inspect", offered)
    assert "sizin masanızın haberi değil" in said(response)
    assert row_of(offered) == before
    assert NewsItem.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "data"), [("delete", {}), ("audience", {"audience_choice": "public", "confirmed": "1"})]
)
def test_draft_of_another_desk_stays_as_it_is(entered, draft, name, data):
    before = row_of(draft)
    assert entered.post(url(name, draft), data).headers["Location"] == url("inspect", draft)
    assert row_of(draft) == before


def test_lock_that_another_desk_put_is_not_opened(entered, draft, editor):
    NewsItem.objects.filter(pk=draft.pk).update(locked=True, locked_by=editor)
    entered.post(url("unlock", draft))
    assert fresh(draft).locked


def test_older_revision_of_another_desks_item_is_not_brought_back(entered, draft, editor):
    older = draft.latest_revision_id
    draft.title = "Yenisi"
    draft.save_revision(user=editor)
    before = row_of(draft)
    entered.post(url("revisions_revert", draft, older), form_of(draft, title="Asya haberi"))
    assert row_of(draft) == before


def test_schedule_of_another_desks_item_is_not_undone(entered, draft):
    draft.go_live_at = timezone.now() + timedelta(hours=1)
    revision = draft.save_revision()
    revision.publish()
    entered.post(url("revisions_unschedule", draft, revision.pk))
    revision.refresh_from_db()
    assert revision.approved_go_live_at is not None


def in_bulk(client, action, *items, **data):
    model = type(items[0])._meta
    address = reverse("wagtail_bulk_action", args=[model.app_label, model.model_name, action])
    numbers = "&".join(f"id={item.pk}" for item in items)
    return client.post(f"{address}?{numbers}&next=/yonetim/haberler/", data)


def test_bulk_publication_leaves_other_desks_items_out(entered, submitted, own, editor):
    mine = factories.news_item(desk=own)
    mine.save_revision(user=editor)
    before = {**row_of(submitted), "log": 1}
    in_bulk(entered, "publish", submitted, mine)
    assert fresh(mine).live
    assert row_of(submitted) == before


def test_bulk_withdrawal_leaves_other_desks_items_out(entered, offered, own):
    mine = factories.published_news(desk=own)
    in_bulk(entered, "withdraw", offered, mine, note="Neden.")
    assert (fresh(offered).live, fresh(mine).live) == (True, False)


def test_bulk_deletion_leaves_other_desks_items_out(entered, draft, own):
    mine = factories.news_item(desk=own)
    in_bulk(entered, "delete", draft, mine)
    assert list(NewsItem.objects.all()) == [draft]


def test_bulk_page_names_what_is_left_out(entered, offered):
    address = reverse("wagtail_bulk_action", args=["bulletin", "newsitem", "withdraw"])
    page = entered.get(f"{address}?id={offered.pk}").content.decode()
    assert "Şunlar için yetkiniz yok" in page
    assert url("edit", offered) not in page


# --- Writing for one's own desk -------------------------------------------------------------------------------------


def test_own_desks_item_is_approved_and_published_as_ever(entered, own, editor):
    item = factories.news_item(desk=own)
    item.save_revision(user=editor)
    item.get_workflow().start(item, editor)
    action = {"action-workflow-action": "1", "workflow-action-name": "approve"}
    entered.post(url("edit", item), form_of(fresh(item), **action))
    assert fresh(item).live


def test_form_offers_the_persons_own_desks_and_chooses_the_only_one(entered, own, other):
    field = entered.get(url("add", NewsItem)).context["form"]["desk"]
    assert list(field.field.queryset) == [own]
    assert field.value() == own.pk


def test_form_offers_every_desk_to_a_person_bound_to_none(client, editor, own, other):
    client.force_login(editor)
    assert set(client.get(url("add", NewsItem)).context["form"].fields["desk"].queryset) == {own, other}


def test_item_for_another_desk_is_not_begun(entered, other):
    unsaved = NewsItem(title="Yeni haber", desk=other)
    response = entered.post(url("add", NewsItem), form_of(unsaved))
    assert "yalnızca sizin masalarınızdan birine" in response.content.decode()
    assert not NewsItem.objects.exists()


def test_item_is_not_moved_to_another_desk(entered, own, other):
    item = factories.news_item(desk=own)
    response = entered.post(url("edit", item), form_of(item, desk=other.pk))
    assert "yalnızca sizin masalarınızdan birine" in response.content.decode()
    assert fresh(item).latest_revision is None


def test_copy_of_another_desks_item_begins_on_the_persons_own(entered, offered, own):
    form = entered.get(url("copy", offered)).context["form"]
    assert form["title"].value() == offered.title
    assert form["desk"].value() == own.pk


def test_statement_is_written_by_a_person_of_any_desk(entered):
    entered.post(url("add", Statement), form_of(factories.statement(), title="Yeni açıklama", number="9"))
    assert Statement.objects.filter(title="Yeni açıklama").exists()


# --- Lists and the dashboard ----------------------------------------------------------------------------------------


def test_list_shows_every_desk_and_leads_to_reading_what_is_not_ones_own(entered, offered, own):
    mine = factories.news_item(desk=own)
    page = entered.get(url("list", NewsItem)).content.decode()
    assert url("inspect", offered) in page
    assert url("edit", mine) in page
    for name in ("edit", "unpublish", "delete", "audience", "translate"):
        assert url(name, offered) not in page


def test_first_filter_narrows_to_ones_own_desks(entered, offered, own):
    mine = factories.news_item(title="Benim", desk=own)
    response = entered.get(url("list", NewsItem), {"whose": "mine"})
    assert list(response.context["object_list"]) == [mine]
    assert next(iter(response.context["filters"].filters)) == "whose"


def test_person_of_every_desk_has_no_filter_of_their_own(client, editor, offered):
    client.force_login(editor)
    assert "whose" not in client.get(url("list", NewsItem)).context["filters"].filters


def test_list_costs_no_query_for_each_row_of_another_desk(entered, other, django_assert_max_num_queries):
    for _number in range(12):
        factories.news_item(desk=other)
    with django_assert_max_num_queries(27):
        entered.get(url("list", NewsItem))


def test_dashboard_shows_what_waits_on_ones_own_desks(entered, submitted, own, editor):
    mine = factories.news_item(title="Bekleyen haberim", desk=own)
    mine.save_revision(user=editor)
    mine.get_workflow().start(mine, editor)
    page = entered.get("/yonetim/").content.decode()
    assert "Bekleyen haberim" in page
    assert "Asya haberi" not in page
    assert "Haberler, onay bekleyen: 1" in page
    assert "?state=awaiting&amp;whose=mine" in page


# --- Binding --------------------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(client):
    administrator = factories.person(role="administrator")
    client.force_login(administrator)
    return client


def test_administrator_binds_a_person_to_desks_and_unbinds_them(administrator, editor, own, other):
    address = reverse("wagtailusers_users:edit", args=[editor.pk])
    data = person_form(email=editor.email, password1="", password2="", desks=[own.pk, other.pk])
    administrator.post(address, data)
    assert desk_rights.desks_of(User.objects.get(pk=editor.pk)) == {own.pk, other.pk}
    page = administrator.get(address)
    assert set(page.context["form"]["desks"].value()) == {own.pk, other.pk}
    administrator.post(address, {**data, "desks": []})
    assert desk_rights.desks_of(User.objects.get(pk=editor.pk)) is None


def test_person_is_bound_when_they_are_made(administrator, own):
    administrator.post(reverse("wagtailusers_users:add"), person_form(desks=[own.pk]))
    assert DeskBinding.objects.get().person.email == "yeni@des.example"


def test_bindings_go_with_the_person(person):
    person.delete()
    assert not DeskBinding.objects.exists()


def test_binding_has_no_permission_that_could_be_given():
    assert not Permission.objects.filter(content_type__model="deskbinding").exists()
