"""What each role may do, laid after every migration."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import GroupApprovalTask, Workflow, WorkflowContentType

from bulletin.models import Bulletin, NewsItem, Statement
from newsroom import roles as laid
from subscribers import roles
from tests import factories
from tests.newsroom.pages import url

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", roles.ALL)
def test_every_role_stands_after_migration(name):
    assert Group.objects.filter(name=name).exists()


@pytest.mark.parametrize("name", roles.ALL)
def test_every_permission_named_exists(name):
    wanted = laid.ROLES[name].permissions
    assert len(laid._permissions(wanted)) == len(wanted)


@pytest.mark.parametrize("model", [NewsItem, Statement, Bulletin])
def test_every_kind_is_approved_by_chief_editors(model):
    workflow = model.get_default_workflow()
    assert workflow.name == "Sorumlu editör onayı"
    task = workflow.tasks.get().specific
    assert isinstance(task, GroupApprovalTask)
    assert [group.name for group in task.groups.all()] == [roles.CHIEF_EDITOR]


def test_laying_again_changes_nothing():
    before = {group.name: group.permissions.count() for group in Group.objects.all()}
    call_command("migrate", verbosity=0)
    assert {group.name: group.permissions.count() for group in Group.objects.all()} == before
    assert (
        Workflow.objects.filter(name="Sorumlu editör onayı").count(),
        GroupApprovalTask.objects.count(),
    ) == (
        1,
        GroupApprovalTask.objects.count(),
    )


def test_what_an_administrator_added_stays_and_what_was_lost_comes_back():
    group = Group.objects.get(name=roles.EDITOR)
    extra = Permission.objects.get(content_type__app_label="bulletin", codename="add_outlet")
    lost = Permission.objects.get(content_type__app_label="bulletin", codename="add_newsitem")
    group.permissions.add(extra)
    group.permissions.remove(lost)
    laid.lay()
    assert {extra, lost} <= set(group.permissions.all())


def test_workflow_that_an_administrator_chose_stays():
    kind = ContentType.objects.get_for_model(NewsItem)
    other = Workflow.objects.create(name="Bir başkası")
    WorkflowContentType.objects.filter(content_type=kind).update(workflow=other)
    laid.lay()
    assert NewsItem.get_default_workflow() == other


def may(person, *names) -> list[bool]:
    return [person.has_perm(f"bulletin.{name}") for name in names]


def test_editor_writes_and_does_not_publish(editor):
    assert may(editor, "add_newsitem", "change_statement", "read_all") == [True] * 3
    assert not any(may(editor, "publish_newsitem", "delete_newsitem", "change_audience", "add_desk"))
    assert image_policy.user_has_permission(editor, "add")


def test_chief_editor_publishes_locks_and_sorts(chief_editor):
    rights = ("publish_bulletin", "unlock_newsitem", "delete_statement", "change_audience", "change_outlet")
    assert all(may(chief_editor, *rights))


def test_auditor_reads_and_writes_nothing(client):
    auditor = factories.person(role="auditor")
    assert all(may(auditor, "view_newsitem", "read_all", "view_publication"))
    reading = (".view_", ".read_")
    held = auditor.get_all_permissions()
    assert [name for name in held if not any(way in name for way in reading)] == ["wagtailadmin.access_admin"]
    item = factories.published_news(title="Denetlenen haber")
    client.force_login(auditor)
    page = client.get(url("inspect", item)).content.decode()
    assert "Denetlenen haber" in page
    assert "yayımlandı" in page
    assert client.get(url("list", NewsItem)).status_code == 200
    for name in ("edit", "unpublish", "delete", "audience", "translate", "copy"):
        assert client.get(url(name, item)).status_code == 302


def test_strategist_reads_figures_and_enters_no_admin(client):
    strategist = factories.person(role="strategist")
    assert strategist.has_perm("metrics.view_h21")
    client.force_login(strategist)
    assert client.get("/yonetim/").status_code == 302


def test_administrator_keeps_people_and_agencies_and_no_items(client):
    administrator = factories.person(role="administrator")
    client.force_login(administrator)
    for address in ("/yonetim/users/", "/yonetim/groups/", "/yonetim/kurumlar/", "/yonetim/sites/"):
        assert client.get(address).status_code == 200
    assert client.get(url("list", NewsItem)).status_code == 302
