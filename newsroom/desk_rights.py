"""Permissions by desk: a person bound to desks changes the news items of these alone, and reads all the others.

The one definition of the rule, asked on every way in: the form and the pages of an item (`OnOwnDesk`), approvals, bulk
actions, lists. Who is bound to none works for every desk, and so does a superuser. An item belongs to the desk of its
newest draft and, while it is on offer, to that of what is offered too: on its way from one to the other, it is for
those who work for both.
Statements and bulletins have no desk, so the rule doesn't touch them. It narrows what a role permits; it gives nothing.
"""

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.permission_policies.base import ModelPermissionPolicy

from bulletin.models import Desk, Item, NewsItem

from .models import DeskBinding

#: What a person may do with an item of a desk they aren't bound to.
READING = frozenset({"view"})


class OtherDesk(PermissionDenied):
    """The item is of a desk that the person isn't bound to; the message says so."""


def desks_of(person) -> frozenset[int] | None:
    """The numbers of the desks that `person` works for; None: every desk. Asked of the database once per request."""
    if person is None or person.is_superuser or not person.pk:
        return None
    if not hasattr(person, "_desks_worked_for"):
        bound = frozenset(DeskBinding.objects.filter(person_id=person.pk).values_list("desk_id", flat=True))
        person._desks_worked_for = bound or None
    return person._desks_worked_for


def bind(person, desks: Iterable[Desk]) -> None:
    """Binds `person` to `desks` and to no others; to none, so that they work for every desk."""
    wanted = {desk.pk for desk in desks}
    bindings = DeskBinding.objects.filter(person=person)
    bindings.exclude(desk_id__in=wanted).delete()
    held = set(bindings.values_list("desk_id", flat=True))
    DeskBinding.objects.bulk_create(
        DeskBinding(person=person, desk_id=number) for number in sorted(wanted - held)
    )
    vars(person).pop("_desks_worked_for", None)


def is_own_desk(person, desk_id: int | None) -> bool:
    """Whether `person` works for this desk. Costs no query beyond the first; lists ask it of the desk they show."""
    own = desks_of(person)
    return own is None or desk_id is None or desk_id in own


def may_work_on(person, item: Item) -> bool:
    """Whether `item` (of any kind, bare or not, saved or not) is of no desk, or of desks that `person` works for."""
    own = desks_of(person)
    return own is None or _desks_named_by(item) <= own


def refusal(person, item: Item) -> str:
    """The sentence for a person who may only read `item`; "" where they may work on it."""
    if may_work_on(person, item):
        return ""
    named = Desk.objects.filter(pk__in=_desks_named_by(item) - desks_of(person))
    return _("“%(title)s” sizin masanızın haberi değil (%(desks)s): okuyabilirsiniz, değiştiremezsiniz.") % {
        "title": item,
        "desks": ", ".join(map(str, named)),
    }


def refuse_other_desk(person, item: Item) -> None:
    """Raises OtherDesk where `person` may only read `item`. None is the system itself, which works for every desk."""
    if sentence := refusal(person, item):
        raise OtherDesk(sentence)


def refuse_outsiders(person, model) -> None:
    """Raises PermissionDenied where `person` may do nothing with items (or desks, topics …) of `model`, not even read.

    For pages of Wagtail's that name things before they ask for a permission.
    """
    policy = model.snippet_viewset.permission_policy
    if not policy.user_has_any_permission(person, {"add", "change", "delete", "publish", "view"}):
        raise PermissionDenied


def of_own_desks(person, items: QuerySet) -> QuerySet:
    """The part of `items` (of one kind) that is of no desk or, on its row, of a desk that `person` works for."""
    own = desks_of(person)
    return items if own is None or items.model is not NewsItem else items.filter(desk_id__in=own)


def _desks_named_by(item: Item) -> frozenset[int]:
    """The desks of its newest draft and of what is on offer; none for another kind."""
    if item.pk is None:
        return frozenset({getattr(item, "desk_id", None)} - {None})
    rows = NewsItem.objects.filter(pk=item.pk)
    named: set[int | None] = set()
    for live, on_row, drafted in rows.values_list("live", "desk_id", "latest_revision__content__desk"):
        named |= {on_row, drafted} if live or drafted is None else {drafted}
    return frozenset(named - {None})


class DeskPermissionPolicy(ModelPermissionPolicy):
    """Wagtail's policy of a kind of item: what the role permits, on the desks that the person works for."""

    def user_has_permission_for_instance(self, user, action, instance):
        return self.user_has_permission(user, action) and (action in READING or may_work_on(user, instance))

    def instances_user_has_any_permission_for(self, user, actions):
        permitted = [action for action in actions if self.user_has_permission(user, action)]
        if not permitted:
            return self.model._default_manager.none()
        items = self.model._default_manager.all()
        return items if READING & set(permitted) else of_own_desks(user, items)

    def users_with_any_permission_for_instance(self, actions, instance):
        people = self.users_with_any_permission(actions)
        named = _desks_named_by(instance)
        if not named or READING & set(actions):
            return people
        unbound = Q(is_superuser=True) | ~Q(pk__in=DeskBinding.objects.values("person_id"))
        for_all = Q()
        for number in named:
            for_all &= Q(pk__in=DeskBinding.objects.filter(desk_id=number).values("person_id"))
        return people.filter(unbound | for_all)


class OnOwnDesk:
    """For a view that changes one item, its `object`: who may only read it is led to where it is read, with a sentence.

    Stands before Wagtail's permission checks, which ask for the kind alone.
    """

    def dispatch(self, request, *args, **kwargs):
        if sentence := refusal(request.user, self.object):
            return turned_away(request, self.object, sentence)
        return super().dispatch(request, *args, **kwargs)


def turned_away(request: HttpRequest, item: Item, sentence: str) -> HttpResponse:
    """To the page where `item` is read, with `sentence`; for a script, the sentence and 403."""
    by_script = request.headers.get("x-requested-with") == "XMLHttpRequest"
    if by_script or not request.accepts("text/html"):
        return JsonResponse(
            {"success": False, "error_code": "other_desk", "error_message": sentence}, status=403
        )
    messages.error(request, sentence)
    viewset = item.snippet_viewset
    if not viewset.permission_policy.user_has_permission(request.user, "view"):
        return redirect("wagtailadmin_home")
    return redirect(viewset.get_url_name("inspect"), item.pk)
