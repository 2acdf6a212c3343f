"""The one table of the newsroom: which desks a person is bound to. What follows from it is `newsroom.desk_rights`'."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bulletin.models import Desk


class DeskBinding(models.Model):
    """`person` works for `desk`; who has no row works for every desk.

    A desk that somebody is bound to can't be deleted: with its last row gone, a person would work for every desk.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("kullanıcı"),
        on_delete=models.CASCADE,
        related_name="desk_bindings",
    )
    desk = models.ForeignKey(
        Desk, verbose_name=_("masa"), on_delete=models.PROTECT, related_name="desk_bindings"
    )

    class Meta:
        verbose_name = _("masa görevi")
        verbose_name_plural = _("masa görevleri")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "desk"], name="person_bound_to_desk_once")]

    def __str__(self) -> str:
        return f"{self.desk} · {self.person.display_name}"
