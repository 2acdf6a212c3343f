"""What is done to several items at once: publish, withdraw, delete.

Each item is a change of its own, in a transaction of its own, and has a sentence of its own at the end: one that is
refused keeps none of the others back.
"""

from collections.abc import Callable

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.utils.functional import classproperty
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.log_actions import log
from wagtail.models import TaskState
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction
from wagtail.snippets.models import get_snippet_models
from wagtail.snippets.permissions import get_permission_name

from bulletin import publication
from bulletin.models import Bulletin, Item, NewsItem, Statement

from . import approval
from .actions import WithdrawalForm, held_by, locked_by_other
from .desk_rights import may_work_on, refuse_outsiders

#: Items changed at once at most: a person answers for each of them.
LIMIT = 100

#: Sentences shown at most; the rest are counted.
SENTENCES = 20


class Refused(Exception):
    """One item could not be changed; the message says why."""


class EachByItself:
    """For a bulk action of which each object is a transaction of its own. `change(object)` does it or raises."""

    done_one: Callable[[int], str]

    def dispatch(self, request, *args, **kwargs):
        # The page names also what the person may not change.
        refuse_outsiders(request.user, self.model)
        return super().dispatch(request, *args, **kwargs)

    def get_all_objects_in_listing_query(self, parent_id):
        # "Select all" of a list of a hundred thousand is refused before they are read.
        return list(self.model.objects.order_by("-pk").values_list("pk", flat=True)[: LIMIT + 1])

    def get_context_data(self, **kwargs):
        return super().get_context_data(too_many=self.is_too_many(), limit=LIMIT, **kwargs)

    def is_too_many(self) -> bool:
        numbers = self.request.GET.getlist("id")
        return len(numbers) > LIMIT or ("all" in numbers and self.model.objects.count() > LIMIT)

    def form_valid(self, form):
        if self.is_too_many():
            messages.error(
                self.request,
                _("Bir kerede en çok %(limit)d kayıt seçilebilir; hiçbiri değişmedi.") % {"limit": LIMIT},
            )
            return redirect(self.next_url)
        self.cleaned_form = form
        objects, _no_access = self.get_actionable_objects()
        done, refusals = 0, []
        for thing in objects:
            try:
                self.change(thing)
                done += 1
            except ValidationError as refusal:
                refusals.append((thing, " ".join(refusal.messages)))
            except ProtectedError as error:
                refusals.append((thing, held_by(error)))
            except PermissionDenied:
                refusals.append((thing, _("bunun için yetkiniz yok ya da bu sırada durumu değişti.")))
            except Refused as refusal:
                refusals.append((thing, str(refusal)))
        if done:
            messages.success(self.request, self.done_words(done))
        if refusals:
            self.tell_refusals(refusals)
        return redirect(self.next_url)

    def tell_refusals(self, refusals) -> None:
        shown = format_html_join("", "<li>“{}”: {}</li>", refusals[:SENTENCES])
        more = len(refusals) - SENTENCES
        tail = _("… ve %(more)d kayıt daha") % {"more": more} if more > 0 else ""
        messages.error(
            self.request, format_html("{}<ul>{}</ul>{}", _("Şunlar olduğu gibi kaldı:"), shown, tail)
        )


class ItemBulkAction(EachByItself, SnippetBulkAction):
    """Of news items, statements and bulletins, by those who may publish them."""

    @classproperty
    def models(cls):
        return [NewsItem, Statement, Bulletin]

    def check_perm(self, item) -> bool:
        user = self.request.user
        return user.has_perm(get_permission_name("publish", self.model)) and may_work_on(user, item)


class PublishBulkAction(ItemBulkAction):
    display_name = gettext_lazy("Yayımla")
    aria_label = gettext_lazy("Seçilenleri yayımla")
    action_type = "publish"
    action_priority = 10
    template_name = "newsroom/bulk/publish.html"

    def change(self, item: Item) -> None:
        """Approves the item where it waits for this person's approval, else publishes its newest draft."""
        user = self.request.user
        if item.latest_revision is None or (item.live and not item.has_unpublished_changes):
            raise Refused(_("yayımlanacak bir değişikliği yok."))
        lock = item.get_lock()
        if lock is not None and lock.for_user(user):
            raise Refused(_("kilitli ya da zamanlanmış."))
        task_state = item.current_workflow_task_state
        if task_state is not None and task_state.status == TaskState.STATUS_IN_PROGRESS:
            approval.act(task_state, user, "approve")
        else:
            item.latest_revision.publish(user=user)

    def done_words(self, count: int) -> str:
        return ngettext("%(count)d içerik yayımlandı.", "%(count)d içerik yayımlandı.", count) % {
            "count": count
        }


class WithdrawBulkAction(ItemBulkAction):
    display_name = gettext_lazy("Yayından kaldır")
    aria_label = gettext_lazy("Seçilenleri yayından kaldır")
    action_type = "withdraw"
    action_priority = 20
    classes = {"serious"}
    template_name = "newsroom/bulk/withdraw.html"
    form_class = WithdrawalForm

    def change(self, item: Item) -> None:
        if not item.live:
            raise Refused(_("zaten yayında değil."))
        if sentence := locked_by_other(item, self.request.user):
            raise Refused(sentence)
        publication.withdraw(item, user=self.request.user, note=self.cleaned_form.cleaned_data["note"])

    def done_words(self, count: int) -> str:
        return ngettext(
            "%(count)d içerik yayından kaldırıldı.", "%(count)d içerik yayından kaldırıldı.", count
        ) % {"count": count}


class CarefulDeleteBulkAction(EachByItself, DeleteBulkAction):
    """Takes the place of Wagtail's, which deletes all in one statement and past the models."""

    form_class = forms.Form

    @classproperty
    def models(cls):
        return get_snippet_models()

    def check_perm(self, thing) -> bool:
        return super().check_perm(thing) and (
            not isinstance(thing, Item) or may_work_on(self.request.user, thing)
        )

    def change(self, thing) -> None:
        with transaction.atomic():
            log(instance=thing, action="wagtail.delete")
            thing.delete()

    def done_words(self, count: int) -> str:
        return ngettext("%(count)d kayıt silindi.", "%(count)d kayıt silindi.", count) % {"count": count}
