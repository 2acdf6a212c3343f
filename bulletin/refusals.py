"""What may not go on offer, and why: every rule that a publication has to meet, each with its sentence.

`bulletin.publication` asks these under the log's lock. A refusal is a `PublishRefused`; nothing is saved then.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.models import Revision

from subscribers.models import Agency

from .corrections import NO_CORRECTION, Correction
from .models import Item, Publication
from .models.audiences import normalised_audience
from .sanitising import offered_html, without_forbidden
from .vocabulary import capitalised


class PublishRefused(ValidationError):
    """The change was not made; the message says why, in the person's language. Nothing was saved."""


def refuse_unfit(candidate: Item, item: Item) -> None:
    """Refuses a revision whose fields are not valid, or which Wagtail would take off offer by scheduling it.

    The fields are offered as the revision holds them; one that was saved past every form was never cleaned.
    """
    texts = (getattr(candidate, field.attname) for field in candidate._meta.concrete_fields)
    if any(text != without_forbidden(text) for text in texts if isinstance(text, str)):
        raise PublishRefused(
            gettext(
                "Bu sürüm saklanamayan karakterler taşıyor. Taslağı yeniden kaydedin: kaydedilirken ayıklanırlar."
            )
        )
    try:
        candidate.full_clean()
        normalised_audience(item.audience)
    except ValidationError as error:
        raise PublishRefused(_sentences(error, candidate)) from error
    if is_to_come(candidate) and item.live and item.live_revision_id is None:
        raise PublishRefused(
            gettext(
                "Bu içeriğin yayındaki sürümü kayıtlı değil; önce bugünkü metnini yayımlayın, sonra zamanlayın."
            )
        )


def is_to_come(candidate: Item) -> bool:
    """Whether publishing it would schedule it."""
    return candidate.go_live_at is not None and candidate.go_live_at > timezone.now()


def _sentences(error: ValidationError, candidate: Item) -> list[str]:
    """What `error` says, each sentence with the name of its field before it."""
    if not hasattr(error, "error_dict"):
        return error.messages
    sentences = []
    for name, messages in error.message_dict.items():
        label = "" if name == NON_FIELD_ERRORS else f"{capitalised(_label(candidate, name))}: "
        sentences += [f"{label}{message}" for message in messages]
    return sentences


def _label(candidate: Item, name: str) -> str:
    return str(candidate._meta.get_field(name).verbose_name)


def refuse_unseen(revision: Revision, user, *, names: dict) -> None:
    """No word goes out unseen by a second person: somebody else must have saved the same words.

    names: those that readers will be shown (`Item.names`); a desk or an outlet may have been renamed since.
    """
    words, was_seen = Words(revision), False
    others = Revision.objects.for_instance(revision.content_object).exclude(user=user).order_by("-pk")
    for other in map(Words, others.iterator(chunk_size=20)):
        if words.are_within(other):
            if other.names == names:
                return
            was_seen = True
    if was_seen:
        raise _renamed()
    raise PublishRefused(
        gettext(
            "Bu metni sizden başka kimse görmedi. Taslak kaydedildi; yayımlanması için başka bir sorumlu editörün "
            "onayına gönderin."
        )
    )


def refuse_renamed(agreed: dict, names: dict) -> None:
    """Refuses other `names` than those that were `agreed` to, as what is offered at a later moment could bear."""
    if agreed != names:
        raise _renamed()


def _renamed() -> PublishRefused:
    return PublishRefused(
        gettext(
            "Masanın, konunun, kaynağın ya da bülten dizisinin adı, bu metni ikinci bir kişi gördükten sonra değişti; "
            "okurlara gösterilecek yeni adı da ikinci bir kişi görmelidir. Onay bekliyorsa düzeltme isteyin; metni "
            "yazan kişi taslağı yeniden kaydedip onaya göndersin."
        )
    )


class Words:
    """What readers would be offered of a revision; two are equal where readers would see no difference.

    Bodies are compared as they would be offered: the editing area writes marks of its own into a body it only showed.
    correction: what they would be told beside it. names: what its desk, topics, outlet or series were called when it
    was saved.
    """

    __hash__ = None

    def __init__(self, revision: Revision):
        model, content = revision.content_type.model_class(), revision.content
        self._fields = {
            name: content.get(name.removesuffix("_id")) for name in model.OFFERED_FIELDS if name != "body"
        }
        self._topics = sorted(content.get("topics", ()))
        self._entries = [(entry["section"], entry["item"]) for entry in content.get("entries", ())]
        self._body = content.get("body") or ""
        self.names = content.get("names", {})
        self.correction = Correction.of_content(content)

    def are_within(self, other: "Words") -> bool:
        """Whether whoever saw `other` saw all of these: the same text, and the same correction if there is one."""
        return self.correction in (NO_CORRECTION, other.correction) and self == other

    def __eq__(self, other) -> bool:
        """The text alone."""
        if (self._fields, self._topics, self._entries) != (other._fields, other._topics, other._entries):
            return False
        if self._body == other._body:
            return True
        return self._offered_body is not None and self._offered_body == other._offered_body

    @cached_property
    def _offered_body(self) -> str | None:
        """None where the body can't be offered at all."""
        try:
            return offered_html(self._body)
        except ValidationError:
            return None


def refuse_untimely(offered_at: datetime | None, previous: Publication | None) -> None:
    """Refuses a moment that is yet to come, or before what the log already holds of the item."""
    if offered_at is None:
        return
    if offered_at > timezone.now():
        raise PublishRefused(gettext("Sunulma zamanı gelecekte olamaz."))
    if previous is not None and offered_at < previous.offered_at:
        raise PublishRefused(gettext("Sunulma zamanı, içeriğin önceki yayım kaydından önce olamaz."))


def refuse_note_of_nothing(note: str, previous: Publication | None, row: Publication | None) -> None:
    """Refuses a note to readers where they get no new edition: nobody would ever be shown it.

    previous, row: the item's newest row before and the one that this publication wrote, if it wrote one.
    """
    was_offered = previous is not None and previous.kind != Publication.Kind.WITHDRAWN
    if note.strip() and was_offered and (row is None or row.edition == previous.edition):
        raise PublishRefused(
            gettext(
                "Okurların gördüğü hiçbir şey değişmiyor, düzeltme notu da gösterilmezdi. Metni düzeltip yeniden "
                "yayımlayın ya da notu silin."
            )
        )


def known_audience(audience: Iterable[str]) -> list[str]:
    """`audience` normalised, every agency in it known. Raises PublishRefused."""
    try:
        keys = normalised_audience(audience)
    except ValidationError as error:
        raise PublishRefused(error.messages) from error
    numbers = {int(key.removeprefix("agency:")) for key in keys if key.startswith("agency:")}
    if unknown := numbers - set(Agency.objects.filter(pk__in=numbers).values_list("pk", flat=True)):
        raise PublishRefused(
            gettext("Bu numarayla bir kurum yok: %(numbers)s.")
            % {"numbers": ", ".join(map(str, sorted(unknown)))}
        )
    return keys
