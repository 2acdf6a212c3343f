"""Redactions (karartma): who asked for which published text to be destroyed, on what ground, and who agreed.

Written by `bulletin.redaction` alone. Nothing here is ever changed or removed, and the database itself refuses a
decision by the person who asked. No row holds words of the text: what remains of it in the log are hashes.
"""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .log import Publication, PublishedImage


class RedactionQuerySet(models.QuerySet):
    def in_state(self, state: str) -> "RedactionQuerySet":
        """The part that stands in `state` (see Redaction.State); all of them for another text."""
        finished = Exists(
            RedactionStep.objects.filter(redaction=OuterRef("pk"), place=RedactionStep.FINISHED)
        )
        decided = {kind.value: Q(decision__kind=kind) for kind in RedactionDecision.Kind}
        states = {
            Redaction.State.AWAITING: Q(decision__isnull=True),
            Redaction.State.UNDER_WAY: decided["approved"] & ~finished,
            Redaction.State.FINISHED: decided["approved"] & finished,
            Redaction.State.REFUSED: decided["refused"],
            Redaction.State.TAKEN_BACK: decided["taken_back"],
        }
        return self.filter(states.get(state, Q()))


class Redaction(models.Model):
    """A request: that editions of an item be redacted. editions: their numbers; None for all there are."""

    class Ground(models.TextChoices):
        COURT_ORDER = "court_order", _("mahkeme kararı")
        KVKK = "kvkk", _("KVKK: ilgili kişinin başvurusu ya da Kurul kararı")
        OTHER = "other", _("başka bir hukuki dayanak")

    class State(models.TextChoices):
        AWAITING = "awaiting", _("ikinci kişinin kararını bekliyor")
        UNDER_WAY = "under_way", _("onaylandı, temizlik sürüyor")
        FINISHED = "finished", _("tamamlandı")
        REFUSED = "refused", _("reddedildi")
        TAKEN_BACK = "taken_back", _("geri alındı")

    item = models.ForeignKey("bulletin.Item", on_delete=models.PROTECT, related_name="redactions")
    editions = models.JSONField(null=True)
    ground = models.CharField(_("hukuki dayanak"), max_length=16, choices=Ground)
    decision_number = models.CharField(_("kararın ya da başvurunun sayısı"), max_length=120)
    decision_date = models.DateField(_("kararın ya da başvurunun tarihi"))
    note = models.TextField(_("not"))
    requested_by = models.UUIDField(help_text="The user's UUID; no foreign key.")
    requested_at = models.DateTimeField()

    objects = RedactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("karartma")
        verbose_name_plural = _("karartmalar")
        default_permissions = ("view",)
        permissions = [("redact", _("Yayımlanmış bir metnin karartılmasını isteyebilir ve onaylayabilir"))]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def state(self) -> "Redaction.State":
        """Where it stands, from what was decided and done."""
        decision = getattr(self, "decision", None)
        if decision is None:
            return self.State.AWAITING
        if decision.kind != RedactionDecision.Kind.APPROVED:
            return self.State(decision.kind)
        places = {step.place for step in self.steps.all()}
        return self.State.FINISHED if RedactionStep.FINISHED in places else self.State.UNDER_WAY


class RedactionDecision(models.Model):
    """What became of a request: approved or refused by a second person, or taken back by the first.

    editions, contents: the numbers and the hashes of what was emptied. counts: how many rows and images went.
    withdrawals: the sequences of the log's rows that took items off offer in the same transaction.
    """

    class Kind(models.TextChoices):
        APPROVED = "approved", _("onaylandı")
        REFUSED = "refused", _("reddedildi")
        TAKEN_BACK = "taken_back", _("geri alındı")

    redaction = models.OneToOneField(
        Redaction, primary_key=True, on_delete=models.PROTECT, related_name="decision"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    decided_by = models.UUIDField(help_text="The user's UUID; no foreign key.")
    decided_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    editions = models.JSONField(default=list)
    contents = models.JSONField(default=list)
    items = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    withdrawals = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.redaction_id}: {self.kind}"

    def rows(self) -> models.QuerySet[Publication]:
        """The log's rows whose text it emptied."""
        return Publication.objects.filter(content_id__in=self.contents)


class RedactedImage(models.Model):
    """A published image that no text on record shows any more; its file is removed and never written again.

    originals: numbers of the editors' images with the same bytes.
    """

    image = models.OneToOneField(
        PublishedImage, primary_key=True, on_delete=models.PROTECT, related_name="redaction"
    )
    redaction = models.ForeignKey(Redaction, on_delete=models.PROTECT, related_name="images")
    originals = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.image_id


class RedactionStep(models.Model):
    """A place outside the transaction that was seen to hold nothing more of a redacted text."""

    #: The step after all others.
    FINISHED = "finished"

    redaction = models.ForeignKey(Redaction, on_delete=models.PROTECT, related_name="steps")
    place = models.CharField(max_length=64)
    done_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["redaction", "place"], name="redaction_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.redaction_id}: {self.place}"
