"""The pages of the site's tree: home page, section fronts, plan. What is offered stands beside them, not in them.

A page here lists what `CurrentItem` holds for the reader, or shows a text of the plan. Titles of section fronts come
from the interface's language, so one tree serves both. Alias pages are refused: they change without being published.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.panels import FieldPanel, TitleFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from metrics.presence import record_read

from . import front, lists
from .addresses import SECTION_SLUGS
from .answers import answered

PLAN_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "blockquote", "hr"]


class CopyWithoutAlias(CopyForm):
    """Wagtail's copy form without the choice of making an alias."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)


class SitePage(Page):
    """What the three kinds of page share."""

    allowed_http_methods = ["GET", "HEAD", "OPTIONS"]
    copy_form_class = CopyWithoutAlias
    #: These pages are everybody's; what is for some stands in items, which have an audience.
    private_page_options: list[str] = []
    #: Whether asking for the page is a read of the bulletin: it lists items.
    shows_items = False

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.alias_of_id:
            raise ValidationError(
                gettext("Takma ad sayfası açılamaz; sayfayı kopyalayın ya da bağlantı verin.")
            )
        return super().save(*args, **kwargs)

    def serve(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if self.shows_items and request.method == "GET":
            record_read(request, channel="web")
        return answered(request, super().serve(request, *args, **kwargs))


class HomePage(SitePage):
    """The front of the site: what is newest in each section."""

    shows_items = True
    template = "home/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["home.SectionPage", "home.PlanPage"]
    max_count = 1

    class Meta:
        verbose_name = _("ana sayfa")
        verbose_name_plural = _("ana sayfalar")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        return {**context, "front": front.front_of(request.reader.keys)}


class SectionPage(SitePage):
    """A section front: every item of one kind, by day, newest first."""

    class Kind(models.TextChoices):
        NEWS = "news", _("Haberler")
        STATEMENT = "statement", _("Açıklamalar")
        BULLETIN = "bulletin", _("Bültenler")

    kind = models.CharField(_("listelenen tür"), max_length=16, choices=Kind, unique=True)

    shows_items = True
    template = "home/section_page.html"
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    content_panels = [TitleFieldPanel("title"), FieldPanel("kind")]

    class Meta:
        verbose_name = _("bölüm sayfası")
        verbose_name_plural = _("bölüm sayfaları")

    def clean(self) -> None:
        super().clean()
        slug = SECTION_SLUGS.get(self.kind)
        if slug and self.slug != slug:
            raise ValidationError(
                {"slug": gettext("Bu bölümün adresi değiştirilemez: “%(slug)s” olmalıdır.") % {"slug": slug}}
            )

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        return {**context, "section": lists.section_of(self.kind, request.GET, request.reader.keys)}


class PlanPage(SitePage):
    """A page of the strategic plan, in both languages. The first stands under the home page, the others under it."""

    title_en = models.CharField(_("İngilizce başlık"), max_length=255)
    body_tr = RichTextField(_("Türkçe metin"), blank=True, features=PLAN_FEATURES)
    body_en = RichTextField(_("İngilizce metin"), blank=True, features=PLAN_FEATURES)

    template = "home/plan_page.html"
    parent_page_types = ["home.HomePage", "home.PlanPage"]
    subpage_types = ["home.PlanPage"]
    content_panels = [
        TitleFieldPanel("title"),
        FieldPanel("title_en"),
        FieldPanel("body_tr"),
        FieldPanel("body_en"),
    ]

    class Meta:
        verbose_name = _("plan sayfası")
        verbose_name_plural = _("plan sayfaları")

    @property
    def shown_title(self) -> str:
        """The title in the language of the interface."""
        return (self.title_en if get_language() == "en" else "") or self.title

    @property
    def shown_body(self) -> str:
        """The body in the language of the interface; the Turkish one where there is no other."""
        return (self.body_en if get_language() == "en" else "") or self.body_tr

    @property
    def shown_language(self) -> str:
        """The language that `shown_body` is written in."""
        return "en" if get_language() == "en" and self.body_en else "tr"

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        return {
            **context,
            "here": "plan",
            "sections": PlanPage.objects.child_of(self).live(),
            "parent": PlanPage.objects.parent_of(self).first(),
        }
