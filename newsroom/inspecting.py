"""Reading an item in the admin without writing it: what an auditor sees, and an editor of another desk."""

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from wagtail.snippets.views import snippets

from bulletin import vocabulary
from bulletin.sanitising import offered_html
from bulletin.vocabulary import capitalised

from .audience import agency_names, in_words
from .character_count import count_draft
from .desk_rights import may_work_on
from .publications import publications_of, was_published
from .redactions import redaction_button


class ItemInspectView(snippets.InspectView):
    """The newest draft's words, where it stands and its rows of the log."""

    page_title = gettext_lazy("İncele")

    def get_object(self, queryset=None):
        return super().get_object().get_latest_revision_as_object()

    def get_edit_url(self):
        return super().get_edit_url() if may_work_on(self.request.user, self.object) else None

    def get_delete_url(self):
        if was_published(self.object) or not may_work_on(self.request.user, self.object):
            return None
        return super().get_delete_url()

    @cached_property
    def header_more_buttons(self):
        return [*super().header_more_buttons, *redaction_button(self.request, self.object)]

    def get_fields(self) -> list[str]:
        own = self.model.OFFERED_FIELDS
        names = [name.removesuffix("_id") for name in own if name not in ("title", "summary", "body")]
        return [name for name in names if name != "translation_of"]

    def get_language_display_value(self) -> str:
        return vocabulary.language_name(self.object.language)

    def get_source_language_display_value(self) -> str:
        return vocabulary.language_name(self.object.source_language)

    def get_source_country_display_value(self) -> str:
        return vocabulary.country_name(self.object.source_country)

    def get_field_label(self, field_name, field) -> str:
        """The label, begun as Turkish begins it: Django makes “ivedilik” to “Ivedilik”."""
        return capitalised(str(field.verbose_name))

    def get_fields_context(self) -> list[dict]:
        """Of the fields that hold something."""
        return [
            self.get_context_for_field(name)
            for name in self.fields
            if getattr(self.object, name) not in (None, "")
        ]

    def get_text(self) -> str:
        """The body as readers would be offered it: a draft's own may hold what nobody has cleaned yet."""
        try:
            return mark_safe(offered_html(self.object.body))
        except ValidationError as refusal:
            return " ".join(refusal.messages)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            count=count_draft(self.object),
            publications=publications_of(self.object),
            text=self.get_text(),
            audience_words=in_words(self.object.audience, agency_names([self.object.audience])),
            **kwargs,
        )
