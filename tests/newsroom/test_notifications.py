"""Mails to the newsroom: to whom, of what, and never before it is true."""

import pytest
from django.core import mail
from django.db import transaction
from wagtail.users.models import UserProfile

from newsroom.desk_rights import bind
from tests import factories
from tests.newsroom.pages import form_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(editor):
    item = factories.news_item(title="Liman “doldu” & taştı")
    item.save_revision(user=editor)
    return item


def recipients() -> list[str]:
    return sorted(address for message in mail.outbox for address in message.to)


def submit(item, person) -> None:
    item.get_workflow().start(item, person)


def test_approval_is_asked_of_chief_editors_with_the_way_to_the_item(
    client, draft, editor, chief_editor, settings, django_capture_on_commit_callbacks
):
    client.force_login(editor)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("edit", draft), form_of(draft, **{"action-submit": "1"}))
    (message,) = mail.outbox
    assert message.to == [chief_editor.email]
    assert message.subject == "Onayınızı bekliyor: Liman “doldu” & taştı"
    assert f"{settings.SITE_URL}{url('edit', draft)}" in message.body
    assert editor.email in message.body
    assert "&amp;" not in message.body


def test_approval_is_asked_in_the_language_of_the_person(
    draft, editor, chief_editor, django_capture_on_commit_callbacks
):
    UserProfile.objects.create(user=chief_editor, preferred_language="en")
    with django_capture_on_commit_callbacks(execute=True):
        submit(draft, editor)
    assert mail.outbox[0].subject == "Awaiting your approval: Liman “doldu” & taştı"


def test_approval_is_not_asked_of_another_desk(
    draft, editor, chief_editor, django_capture_on_commit_callbacks
):
    own = factories.person(role="chief_editor")
    bind(own, [draft.desk])
    bind(chief_editor, [factories.desk()])
    with django_capture_on_commit_callbacks(execute=True):
        submit(draft, editor)
    assert recipients() == [own.email]


def test_approval_is_not_asked_of_the_author(chief_editor, editor, django_capture_on_commit_callbacks):
    item = factories.news_item()
    item.save_revision(user=chief_editor)
    with django_capture_on_commit_callbacks(execute=True):
        submit(item, editor)
    assert recipients() == []


def test_administrators_get_no_mail_of_each_submission(draft, editor, django_capture_on_commit_callbacks):
    factories.person(is_superuser=True)
    with django_capture_on_commit_callbacks(execute=True):
        submit(draft, editor)
    assert recipients() == []


@pytest.mark.parametrize(("verdict", "said"), [("approve", "onaylandı"), ("reject", "düzeltme istedi")])
def test_author_is_told_of_the_verdict(
    draft, editor, chief_editor, verdict, said, django_capture_on_commit_callbacks
):
    submit(draft, editor)
    state = draft.current_workflow_task_state
    with django_capture_on_commit_callbacks(execute=True):
        getattr(state, verdict)(user=chief_editor)
    (message,) = mail.outbox
    assert message.to == [editor.email]
    assert said in message.body


def test_nobody_is_told_of_what_was_rolled_back(
    draft, editor, chief_editor, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        submit(draft, editor)
        transaction.set_rollback(True)
    assert mail.outbox == []


def test_mail_server_that_is_away_holds_up_nobody(
    client, draft, editor, chief_editor, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    client.force_login(editor)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url("edit", draft), form_of(draft, **{"action-submit": "1"}))
    assert answer.status_code == 302
    assert draft.current_workflow_state is not None
