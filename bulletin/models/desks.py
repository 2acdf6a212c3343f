"""What items are sorted by: desks, topics, outlets and bulletin series.

Items point here while they are edited. What readers see are the names frozen at publication, so renaming a desk
changes no item on offer, and nothing an item names can be deleted: the foreign keys protect it, and topics, which
stand in a table between, protect themselves.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import ProtectedError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from .. import vocabulary
from ..sanitising import clean_line


def seen_name(name: str, field: str) -> str:
    """`name` cleaned, as it is shown and frozen. Raises ValidationError on `field` where nothing of it can be seen."""
    cleaned = clean_line(name)
    if not cleaned:
        raise ValidationError({field: gettext("Ad boş olamaz.")})
    return cleaned


class NamedInBothLanguages(models.Model):
    """A thing with a Turkish and an English name, shown by the one of the interface."""

    name = models.CharField(_("ad"), max_length=120, unique=True)
    name_en = models.CharField(_("İngilizce ad"), max_length=120)
    slug = models.SlugField(_("adres adı"), max_length=120, unique=True)

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name

    def clean(self) -> None:
        super().clean()
        self.name = seen_name(self.name, "name")
        self.name_en = seen_name(self.name_en, "name_en")

    def as_published(self) -> dict:
        """The frozen form: {id, slug, name, name_en}."""
        return {"id": self.pk, "slug": self.slug, "name": self.name, "name_en": self.name_en}


class Desk(NamedInBothLanguages):
    """A desk (masa) of the newsroom, which watches the foreign or the domestic press."""

    class Press(models.TextChoices):
        FOREIGN = "foreign", _("dış basın")
        DOMESTIC = "domestic", _("iç basın")

    press = models.CharField(_("basın"), max_length=16, choices=Press, default=Press.DOMESTIC)

    class Meta(NamedInBothLanguages.Meta):
        verbose_name = _("masa")
        verbose_name_plural = _("masalar")

    def as_published(self) -> dict:
        return {**super().as_published(), "press": self.press}


class TopicQuerySet(models.QuerySet):
    """Refuses to delete a topic that a news item on offer is filed under."""

    def delete(self):
        named = list(self.filter(news_items__live=True).distinct().order_by("name"))
        if named:
            raise ProtectedError(
                gettext("Yayındaki haberlerin konusu silinemez: %(names)s.")
                % {"names": ", ".join(topic.name for topic in named)},
                named,
            )
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True


class Topic(NamedInBothLanguages):
    """A topic (konu) that news items are filed under."""

    objects = TopicQuerySet.as_manager()

    class Meta(NamedInBothLanguages.Meta):
        verbose_name = _("konu")
        verbose_name_plural = _("konular")

    def delete(self, *args, **kwargs):
        """Raises ProtectedError where a news item on offer is filed under it."""
        if self.news_items.filter(live=True).exists():
            return Topic.objects.filter(pk=self.pk).delete()
        return super().delete(*args, **kwargs)


class BulletinSeries(NamedInBothLanguages):
    """A series of bulletins; within it every number is used once."""

    class Meta(NamedInBothLanguages.Meta):
        verbose_name = _("bülten dizisi")
        verbose_name_plural = _("bülten dizileri")


class Outlet(models.Model):
    """A source outlet (kaynak): the newspaper, agency or channel a news item comes from."""

    name = models.CharField(_("ad"), max_length=160, unique=True)
    country = models.CharField(_("ülke"), max_length=2, blank=True, choices=vocabulary.countries)
    language = models.CharField(_("dil"), max_length=2, blank=True, choices=vocabulary.languages)
    website = models.URLField(_("internet adresi"), blank=True)

    class Meta:
        verbose_name = _("kaynak")
        verbose_name_plural = _("kaynaklar")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.name = seen_name(self.name, "name")

    def as_published(self) -> dict:
        """The frozen form: {id, name}."""
        return {"id": self.pk, "name": self.name}
