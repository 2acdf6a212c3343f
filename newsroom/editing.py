"""Writing an item: the create, edit, copy and revert pages, and what they say when something is refused.

Wagtail saves the draft first and then does what was asked (publish, submit, approve). Whatever the second step refuses,
the draft stays saved and the editor is back on its page with a sentence; there is no third state and no error page.
"""

import json
import logging

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import ChecksSidePanel
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views import snippets

from bulletin import publication
from bulletin.models import Bulletin, Item, NewsItem, Statement

from . import approval
from .copying import unsaved_copy
from .desk_rights import OnOwnDesk
from .publications import was_published
from .redactions import redaction_button
from .stale_forms import refuse_older_than_redaction
from .standing import NOT_LIVE

logger = logging.getLogger(__name__)

BUSY = gettext_lazy("Sistem şu anda çok meşgul; birkaç saniye sonra yeniden deneyin.")
TAKEN = gettext_lazy("Kaydedilemedi: aynı sayı ya da aynı kayıt bu sırada bir başkasınca kullanılmış.")


class OvertakenDraft(Exception):
    """The item was published or withdrawn between reading the draft and saving it."""


class WithoutChecks:
    """Leaves out Wagtail's checks of the preview: their word count is not ours, their readability is of English."""

    def get_side_panels(self):
        panels = super().get_side_panels()
        return MediaContainer([panel for panel in panels if not isinstance(panel, ChecksSidePanel)])


class RefusalsAsSentences:
    """For the create and edit views: no refusal ends in an error page, and none leaves half of what was asked."""

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except OvertakenDraft:
            sentence = _(
                "Bu sırada içeriğin yayın durumu değişti; kaydetmeden önce sayfayı yenileyin. "
                "Metniniz bu formda duruyor."
            )
        except IntegrityError as error:
            logger.warning("draft_refused_by_database reason=%s", error)
            sentence = TAKEN
        except OperationalError as error:
            logger.warning("draft_met_busy_database reason=%s", error)
            sentence = BUSY
        except ValidationError as error:
            sentence = " ".join(error.messages)
        return self.not_saved(form, sentence)

    def not_saved(self, form, sentence: str):
        """The form again, with `sentence` above it."""
        self.produced_error_code = "refused"
        self.produced_error_message = sentence
        if self.view_name == "create":
            # The number that the refused transaction had given it is gone with it.
            form.instance.pk = None
            form.instance.id = None
            form.instance._state.adding = True
            self.object = None
        return self.form_invalid(form)

    def run_action_method(self):
        try:
            return super().run_action_method()
        except ValidationError as refusal:
            sentence = " ".join(refusal.messages)
        except IntegrityError as error:
            logger.warning("action_refused_by_database action=%s reason=%s", self.action, error)
            sentence = TAKEN
        except OperationalError as error:
            logger.warning("action_met_busy_database action=%s reason=%s", self.action, error)
            sentence = BUSY
        messages.error(self.request, _("Taslak kaydedildi, ama: %(sentence)s") % {"sentence": sentence})
        return redirect(self.get_edit_url())

    def workflow_action_action(self):
        if self.workflow_action == "approve":
            approval.refuse_other_words(self.object.current_workflow_task_state, self.new_revision)
        approval.act(
            self.object.current_workflow_task_state,
            self.request.user,
            self.workflow_action,
            **self.extra_workflow_data(),
        )

    def extra_workflow_data(self) -> dict:
        """The comment given with an approval or a rejection."""
        try:
            data = json.loads(self.request.POST.get("workflow-action-extra-data") or "{}")
        except (ValueError, RecursionError):
            data = {}
        comment = data.get("comment") if isinstance(data, dict) else None
        return {"comment": comment} if isinstance(comment, str) else {}


#: What lists show and permissions by desk go by, as far as no constraint of the database could refuse it of a draft.
KEPT_ON_ROW = {
    NewsItem: ("language", "desk", "urgency"),
    Statement: ("language", "statement_kind", "date"),
    Bulletin: ("language", "date"),
}


def keep_on_row(item: Item) -> Item:
    """Writes what lists show of a draft to its row, which Wagtail leaves as it was first saved; nothing on offer."""
    if not item.live:
        kept = {name: getattr(item, name) for name in KEPT_ON_ROW[type(item)]}
        row = type(item).objects.filter(pk=item.pk, live__in=NOT_LIVE)
        row.update(**{name: value for name, value in kept.items() if value is not None})
    return item


class ItemCreateView(WithoutChecks, RefusalsAsSentences, snippets.CreateView):
    pass


class ItemCopyView(ItemCreateView):
    """Shows the form filled in from an item; the form is sent to the create page, never here."""

    http_method_names = ["get", "head", "options"]

    def get_initial_form_instance(self):
        source = generic.CopyViewMixin.get_object(self)
        return unsaved_copy(source.get_latest_revision_as_object())


class ItemEditView(OnOwnDesk, WithoutChecks, RefusalsAsSentences, snippets.EditView):
    #: The viewset's addresses, given by it.
    audience_url_name = None
    translate_url_name = None

    def save_instance(self):
        self.refuse_overtaken()
        return keep_on_row(super().save_instance())

    def publish_action(self):
        # The right to publish was asked when the button was looked up.
        publication.publish(self.new_revision, user=self.request.user, skip_permission_checks=True)

    def get_success_message(self, instance=None) -> str:
        """What was decided, where Wagtail would only say that the draft was saved."""
        if self.action != "workflow-action" or self.workflow_action not in {"approve", "reject"}:
            return super().get_success_message(instance)
        item = instance or self.object
        if self.workflow_action == "reject":
            sentence = _("“%(title)s” için düzeltme istendi.")
        elif item.go_live_at and item.go_live_at > timezone.now():
            sentence = _("“%(title)s” onaylandı; belirlenen zamanda yayımlanacak.")
        else:
            sentence = _("“%(title)s” onaylandı ve yayımlandı.")
        return sentence % {"title": item.title}

    def refuse_overtaken(self) -> None:
        """Raises OvertakenDraft where the item's offer is not what it was when the draft was read.

        Otherwise a draft read just before a publication would be written over what is on offer. Called first in the
        transaction that saves.
        """
        row = Item.objects.select_for_update().filter(pk=self.object.pk)
        if list(row.values_list("live", flat=True)) != [self.object.live]:
            raise OvertakenDraft
        refuse_older_than_redaction(self.request, self.object)

    @cached_property
    def can_delete(self):
        return super().can_delete and not was_published(self.object)

    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if self.object.live and self.request.user.has_perm("bulletin.change_audience"):
            address = reverse(self.audience_url_name, args=(self.object.pk,))
            buttons.append(Button(_("Hedef kitle"), url=address, icon_name="group", priority=12))
        if self.user_has_permission("add"):
            address = reverse(self.translate_url_name, args=(self.object.pk,))
            buttons.append(Button(_("Çeviri taslağı aç"), url=address, icon_name="globe", priority=14))
        return [*buttons, *redaction_button(self.request, self.object)]


class ItemRevertView(generic.RevisionsRevertMixin, ItemEditView):
    """The edit page with an older revision in it; saving makes a new revision, publishing that goes as always."""

    view_name = "revisions_revert"

    def save_instance(self):
        # Wagtail's mixin doesn't call the edit view's.
        self.refuse_overtaken()
        return keep_on_row(super().save_instance())
