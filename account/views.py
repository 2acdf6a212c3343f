"""A person's own pages under /hesap/: what they may read, their data; for a coordinator, the agency's people.

Everything here is about whoever is signed in. Somebody else's page is never named by an address, so there is nothing
to guess: a coordinator names one of their own people by a number, and any other number isn't there.
"""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from administration.held_data import data_of
from bulletin.parts import parts_of
from metrics.agency_usage import last_months, usage_of
from subscribers import agencies, audit, invitations, languages
from subscribers.audit_kinds import AuditKind
from subscribers.models import Agency, Invitation

#: People on a page of the coordinator's table.
PAGE = 50
#: Months of the agency's usage that a coordinator sees.
MONTHS = 13


@require_safe
@login_required
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """`/hesap/`."""
    person, agency = request.user, request.user.agency
    is_due = person.is_coordinator and agencies.list_is_due(agency, now=timezone.now())
    return render(
        request,
        "account/overview.html",
        {"agency": agency, "list_is_due": is_due, "languages": settings.LANGUAGES, **_contract(agency)},
    )


@require_POST
@login_required
@never_cache
def choose_language(request: HttpRequest) -> HttpResponse:
    """`/hesap/dil/`: keeps the language of the site and of mails, and leads back in it."""
    try:
        languages.choose(request.user, request.POST.get("language", ""))
    except ValueError:
        raise Http404 from None
    with translation.override(languages.language_of(request.user, otherwise=translation.get_language())):
        messages.success(
            request, _("Diliniz kaydedildi: girişte site bu dilde açılır, postalarınız bu dilde gelir.")
        )
        return redirect("account:overview")


def _contract(agency: Agency | None) -> dict:
    """Where the contract stands and what it opens, in words."""
    if agency is None:
        return {}
    return {
        "state": agency.state_at(timezone.now()),
        "parts": "" if agency.entitled_to_everything else parts_of(agency),
    }


@require_safe
@login_required
@never_cache
def my_data(request: HttpRequest) -> HttpResponse:
    """`/hesap/verilerim.json`: a file with everything held about the person."""
    person = request.user
    with transaction.atomic():
        data = data_of(person)
        audit.record(AuditKind.PERSON_DATA_EXPORTED, actor=person.uuid, subject=person.uuid)
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="des-verilerim.json"'
    return response


def _agency_of_coordinator(request: HttpRequest) -> Agency:
    """The agency that whoever is signed in answers for. Raises Http404 where they answer for none."""
    person = request.user
    if not person.is_coordinator or person.agency is None or not person.agency.is_current():
        raise Http404
    return person.agency


class InvitationForm(forms.Form):
    email = forms.CharField(label=gettext_lazy("E-posta adresi"), max_length=254)


@login_required
@never_cache
def agency(request: HttpRequest) -> HttpResponse:
    """`/hesap/kurum/`: the agency's people, whom it invited, and its usage, for its coordinators."""
    own = _agency_of_coordinator(request)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invitations.invite(own, form.cleaned_data["email"], request.user)
        except ValidationError as refusal:
            form.add_error("email", refusal)
        else:
            _tell_of_mail(request, invitation)
            return redirect("account:agency")
    now = timezone.now()
    people = Paginator(agencies.people_of(own), PAGE).get_page(request.GET.get("sayfa"))
    number = people.paginator.count
    invited = list(invitations.open_invitations(own))
    return render(
        request,
        "account/agency.html",
        {
            "agency": own,
            "form": form,
            "people": people,
            "number": number,
            "invited": invited,
            "room": max(0, own.people_limit - number - len(invited)),
            "list_is_due": agencies.list_is_due(own, now=now),
            "list_shown": agencies.digest_of_list(own),
            "usage": usage_of(own.pk, last_months(timezone.localdate(now), MONTHS)),
        },
        status=422 if form.errors else 200,
    )


def _tell_of_mail(request: HttpRequest, invitation: Invitation) -> None:
    """Says whether the mail of a new invitation went out."""
    email = {"email": invitation.email}
    if invitation.mail_failed_at is None:
        messages.success(request, _("Çağrı gönderildi: %(email)s.") % email)
    else:
        messages.error(
            request,
            _("Posta gitmedi: %(email)s. Çağrı bekleyenler arasında duruyor; daha sonra yeniden gönderin.")
            % email,
        )


@login_required
@never_cache
def remove_person(request: HttpRequest, pk: int) -> HttpResponse:
    """`/hesap/kurum/kisi/<pk>/cikar/`: says what removing a person means, and removes them."""
    own = _agency_of_coordinator(request)
    person = get_object_or_404(agencies.people_of(own).exclude(pk=request.user.pk), pk=pk)
    if request.method != "POST":
        context = {"agency": own, "person": person, "keeps_account": agencies.keeps_account(person)}
        return render(request, "account/remove_person.html", context)
    name = person.display_name
    try:
        agencies.leave(person, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("%(name)s kurumunuzdan çıkarıldı.") % {"name": name})
    return redirect("account:agency")


@require_POST
@login_required
@never_cache
def withdraw_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """`/hesap/kurum/cagri/<pk>/geri-al/`: the link that was sent stops working; it can be sent anew."""
    own = _agency_of_coordinator(request)
    invitation = get_object_or_404(invitations.open_invitations(own), pk=pk)
    try:
        invitations.withdraw(invitation, request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Çağrı geri alındı: %(email)s.") % {"email": invitation.email})
    return redirect("account:agency")


@require_POST
@login_required
@never_cache
def send_invitation_again(request: HttpRequest, pk: int) -> HttpResponse:
    """`/hesap/kurum/cagri/<pk>/yeniden/`: another link to the same address, where the first mail didn't go out."""
    own = _agency_of_coordinator(request)
    invitation = get_object_or_404(invitations.open_invitations(own), pk=pk)
    try:
        sent = invitations.send_again(invitation, request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        _tell_of_mail(request, sent)
    return redirect("account:agency")


@require_POST
@login_required
@never_cache
def confirm_people(request: HttpRequest) -> HttpResponse:
    """`/hesap/kurum/onayla/`: the coordinator confirms that everyone on the list they were shown belongs there."""
    own = _agency_of_coordinator(request)
    try:
        agencies.confirm_list(own, by=request.user, shown=request.POST.get("list", ""))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Kişi listesi onaylandı."))
    return redirect("account:agency")
