"""What each role may do, and the approval every item goes through; laid after every migration.

The names of the roles are `subscribers.roles`'. What is written here is the least each role has: it is given again
after every migration, and what an administrator added to a group beside it stays. To narrow a role, an administrator
makes a group of their own, or binds its people to desks (`newsroom.desk_rights`).
"""

from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    Workflow,
    WorkflowContentType,
    WorkflowTask,
)

from bulletin.models import Bulletin, NewsItem, Statement
from subscribers import roles

ITEM_MODELS = ("newsitem", "statement", "bulletin")
SORTING_MODELS = ("desk", "topic", "outlet", "bulletinseries")


def _bulletin(*actions: str, on: tuple[str, ...]) -> set[str]:
    return {f"bulletin.{action}_{model}" for action in actions for model in on}


@dataclass(frozen=True)
class Role:
    """permissions: "application.codename"; of images: what may be done in the collection of all."""

    permissions: frozenset[str]
    images: frozenset[str] = field(default_factory=frozenset)


_WRITING = _bulletin("add", "change", "view", on=ITEM_MODELS) | {
    "wagtailadmin.access_admin",
    "bulletin.read_all",
}

ROLES = {
    roles.EDITOR: Role(frozenset(_WRITING), frozenset({"add_image", "choose_image"})),
    roles.CHIEF_EDITOR: Role(
        frozenset(
            _WRITING
            | {"bulletin.change_audience", "bulletin.redact", "bulletin.view_redaction"}
            | _bulletin("publish", "lock", "unlock", "delete", on=ITEM_MODELS)
            | _bulletin("add", "change", "delete", "view", on=SORTING_MODELS)
        ),
        frozenset({"add_image", "change_image", "choose_image", "delete_image"}),
    ),
    # Reads figures on the site; has nothing to do in the admin.
    roles.STRATEGIST: Role(frozenset({"metrics.view_h21", "metrics.close_year"})),
    roles.AUDITOR: Role(
        frozenset(
            {
                "wagtailadmin.access_admin",
                "bulletin.read_all",
                "bulletin.view_publication",
                "bulletin.view_redaction",
                "metrics.view_h21",
                "subscribers.view_auditevent",
                "subscribers.view_destructionrecord",
            }
            | _bulletin("view", on=(*ITEM_MODELS, *SORTING_MODELS))
        )
    ),
    # Agencies are ended, never deleted: items name them by number.
    roles.ADMINISTRATOR: Role(
        frozenset(
            {
                "wagtailadmin.access_admin",
                "subscribers.view_auditevent",
                "subscribers.view_destructionrecord",
                "subscribers.erase_user",
                "bulletin.redact",
                "bulletin.view_redaction",
            }
            | {f"subscribers.{action}_agency" for action in ("add", "change", "view")}
            | {
                f"{model.partition('.')[0]}.{action}_{model.partition('.')[2]}"
                for model in (
                    "subscribers.user",
                    "subscribers.agencyentitlement",
                    "auth.group",
                    "wagtailcore.site",
                )
                for action in ("add", "change", "delete", "view")
            }
        )
    ),
}


def lay_after_migrate(sender, using=DEFAULT_DB_ALIAS, **_signal) -> None:
    """Receiver of `post_migrate`: acts once, when the last application's permissions stand."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if sender.label == last.label and using == DEFAULT_DB_ALIAS and _tables_stand():
        lay()


def _tables_stand() -> bool:
    """Not so while only some applications have been migrated."""
    needed = {
        model._meta.db_table for model in (Permission, GroupCollectionPermission, GroupApprovalTask, Bulletin)
    }
    return needed <= set(connection.introspection.table_names())


@transaction.atomic
def lay() -> None:
    """Gives each role what it lacks of its permissions, and the three kinds their workflow if they have none."""
    root = Collection.objects.filter(depth=1).first()
    if root is None:
        # Wagtail's own rows were flushed away, as some tests do.
        return
    for name, role in ROLES.items():
        group = Group.objects.get_or_create(name=name)[0]
        group.permissions.add(*_permissions(role.permissions))
        for permission in Permission.objects.filter(
            content_type__app_label="wagtailimages", codename__in=role.images
        ):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=root, permission=permission
            )
    _lay_approval()


def _permissions(names: frozenset[str]) -> list[Permission]:
    """The permissions of these names; a room that isn't there yet has none."""
    found = []
    for label in sorted({name.partition(".")[0] for name in names}):
        codenames = {name.partition(".")[2] for name in names if name.startswith(f"{label}.")}
        found += Permission.objects.filter(content_type__app_label=label, codename__in=codenames)
    return found


def _lay_approval() -> None:
    """The workflow "Sorumlu editör onayı" for each kind that has none. One that an administrator chose stays."""
    kinds = [
        ContentType.objects.get_for_model(model, for_concrete_model=False)
        for model in (NewsItem, Statement, Bulletin)
    ]
    assigned = set(
        WorkflowContentType.objects.filter(content_type__in=kinds).values_list("content_type_id", flat=True)
    )
    missing = [kind for kind in kinds if kind.pk not in assigned]
    if not missing:
        return
    with translation.override(settings.LANGUAGE_CODE):
        name = _("Sorumlu editör onayı")
    workflow = Workflow.objects.filter(name=name, active=True).first() or Workflow.objects.create(name=name)
    task = GroupApprovalTask.objects.filter(name=name, active=True).first()
    if task is None:
        task = GroupApprovalTask.objects.create(name=name)
        task.groups.add(Group.objects.get(name=roles.CHIEF_EDITOR))
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    for kind in missing:
        WorkflowContentType.objects.create(content_type=kind, workflow=workflow)
