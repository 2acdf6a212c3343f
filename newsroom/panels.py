"""What editors see of each kind of item: its fields in the order they are filled in, and two panels of our own.

The panels are bound to a model by the viewsets of `newsroom.viewsets`.
"""

from django import forms
from django.utils.translation import gettext_lazy as _
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.panels.publishing_panel import PublishingPanel

from bulletin.models.bulletins import MAXIMUM_ENTRIES, TOO_MANY_ENTRIES

from .body_area import BodyArea
from .character_count import count_draft
from .choices import ImageChooser
from .choosers import item_on_offer_chooser
from .forms import ItemForm, NewsItemForm
from .publications import publications_of


class CharacterCountPanel(Panel):
    """Karakter sayısı: of the draft as it is saved, and, with JavaScript, of what is being typed."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "newsroom/panels/character_count.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            context["count"] = count_draft(self.instance)
            context["kind"] = self.instance.ITEM_KIND
            return context

        @property
        def media(self):
            return forms.Media(js=[forms.Script("newsroom/character_count.js", type="module")])


class PublicationsPanel(Panel):
    """Yayım kayıtları: the item's rows of the Publication log, newest first."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "newsroom/panels/publications.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            context["publications"] = publications_of(self.instance)
            return context


class AudienceLinkPanel(Panel):
    """For an item on offer: who may read it, and the way to the page where that is changed."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "newsroom/panels/audience.html"

        def is_shown(self) -> bool:
            return bool(self.instance and self.instance.live)

        def get_context_data(self, parent_context=None):
            from .audience import agency_names, in_words

            context = super().get_context_data(parent_context)
            audience = self.instance.audience
            context["words"] = in_words(audience, agency_names([audience]))
            if self.request.user.has_perm("bulletin.change_audience"):
                context["url"] = self.instance.snippet_viewset.url_of("audience", self.instance)
            return context


class Entries(BaseChildFormSet):
    """The entries a browser sent: as many as a bulletin may have, and room for as many that were taken out."""

    default_error_messages = {"too_many_forms": TOO_MANY_ENTRIES}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.absolute_max = 2 * self.max_num


class EntriesPanel(InlinePanel):
    """A bulletin's contents; Wagtail's panel with a button that reads as Turkish."""

    def get_form_options(self):
        options = super().get_form_options()
        options["formsets"][self.relation_name]["formset"] = Entries
        return options

    class BoundPanel(InlinePanel.BoundPanel):
        template_name = "newsroom/panels/entries.html"


def _text() -> list[Panel]:
    return [
        FieldPanel("title", help_text=_("Manşet: en çok 300 karakter.")),
        FieldPanel("summary", help_text=_("Listelerde başlığın altında görünür: bir iki cümle.")),
        FieldPanel(
            "body",
            widget=BodyArea(),
            help_text=_(
                "Word'den ya da internetten yapıştırılan metin temizlenir; görsel metnin içine konmaz."
            ),
        ),
        CharacterCountPanel(heading=_("Karakter sayısı"), icon="info-circle"),
        MultiFieldPanel(
            [FieldPanel("correction_note"), FieldPanel("correction_major")],
            heading=_("Düzeltme"),
            help_text=_(
                "Taslakla birlikte saklanır, onaylayan da görür; düzeltilmiş metinle birlikte okurlara gösterilir."
            ),
            icon="edit",
        ),
    ]


def _audience() -> list[Panel]:
    return [
        MultiFieldPanel(
            [FieldPanel("audience_choice"), FieldPanel("audience_agencies", classname="newsroom-agencies")],
            heading=_("Hedef kitle"),
            help_text=_(
                "Yayımlandığı anda geçerlidir. Yayındaki içeriğin hedef kitlesi ayrı bir sayfada değişir."
            ),
            icon="group",
        ),
        AudienceLinkPanel(heading=_("Hedef kitle"), icon="group"),
    ]


def _record() -> list[Panel]:
    return [PublicationsPanel(heading=_("Yayım kayıtları"), icon="history"), PublishingPanel()]


NEWS_PANELS = ObjectList(
    [
        *_text(),
        MultiFieldPanel(
            [
                FieldPanel("desk", widget=forms.Select),
                FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
                # Django would begin these labels with I, as English does.
                FieldPanel("urgency", heading=_("İvedilik"), widget=forms.RadioSelect),
                FieldPanel("language", help_text=_("Bu metnin yazıldığı dil.")),
            ],
            heading=_("Masa ve konular"),
            icon="tag",
        ),
        *_audience(),
        MultiFieldPanel(
            [
                FieldPanel("outlet", widget=forms.Select),
                FieldPanel("source_country"),
                FieldPanel("source_language"),
                FieldPanel("original_title"),
                FieldPanel("original_url"),
                FieldPanel("original_date"),
                FieldPanel("original_text"),
            ],
            heading=_("Kaynak"),
            help_text=_("Haberin alındığı yayın organı ve özgün metin. Karakter sayısına katılmaz."),
            icon="globe",
        ),
        MultiFieldPanel(
            [
                FieldPanel("translation_kind"),
                FieldPanel("translator", help_text=_("Çeviri türü seçilmezse mütercim adı kaydedilmez.")),
            ],
            heading=_("Çeviri"),
            icon="globe",
        ),
        MultiFieldPanel(
            [FieldPanel("image", widget=ImageChooser), FieldPanel("image_alt"), FieldPanel("image_credit")],
            heading=_("Görsel"),
            icon="image",
        ),
        *_record(),
    ],
    base_form_class=NewsItemForm,
)

STATEMENT_PANELS = ObjectList(
    [
        *_text(),
        MultiFieldPanel(
            [
                FieldPanel("statement_kind"),
                FieldPanel("number"),
                FieldPanel("issuing_office", help_text=_("Açıklamayı yapan makam.")),
                FieldPanel("speaker", help_text=_("Konuşma ve demeçlerde konuşan kişi.")),
                FieldPanel("place"),
                FieldPanel("date", help_text=_("Açıklamanın yapıldığı gün.")),
                FieldPanel("date_precision"),
                FieldPanel("source_reference"),
                FieldPanel("language", help_text=_("Bu metnin yazıldığı dil.")),
            ],
            heading=_("Künye"),
            icon="doc-full",
        ),
        *_audience(),
        *_record(),
    ],
    base_form_class=ItemForm,
)

BULLETIN_PANELS = ObjectList(
    [
        *_text(),
        MultiFieldPanel(
            [
                FieldPanel("series", widget=forms.Select),
                FieldPanel("number", help_text=_("Dizi içinde her sayı bir kez kullanılır.")),
                FieldPanel("date"),
                FieldPanel("language"),
            ],
            heading=_("Künye"),
            icon="doc-full",
        ),
        EntriesPanel(
            "entries",
            panels=[
                FieldPanel("section"),
                FieldPanel("item", heading=_("İçerik"), widget=item_on_offer_chooser.widget_class),
            ],
            heading=_("İçindekiler"),
            label=_("İçerik"),
            max_num=MAXIMUM_ENTRIES,
            icon="list-ul",
            help_text=_(
                "Yalnızca yayındaki haber ve açıklamalar alınır; bülten yayımlandığı andaki sürümleri kalıcı olarak "
                "gösterir."
            ),
        ),
        *_audience(),
        *_record(),
    ],
    base_form_class=ItemForm,
)

NAMED_PANELS = [
    FieldPanel("name"),
    FieldPanel("name_en"),
    FieldPanel("slug", help_text=_("Adreslerde görünür; harf, rakam ve tire.")),
]

DESK_PANELS = [*NAMED_PANELS, FieldPanel("press", widget=forms.RadioSelect)]

OUTLET_PANELS = [
    FieldPanel("name"),
    FieldPanel("country"),
    FieldPanel("language"),
    FieldPanel("website", heading=_("İnternet adresi")),
]

RENAMING_HELP = HelpPanel(
    content=_("Adı değiştirmek yayındaki içerikleri değiştirmez: onlarda yayımlandıkları andaki ad durur.")
)
