"""Forms that were opened before their item was redacted: they still hold the text, so nothing of them is kept."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext
from wagtail.models import Revision
from wagtail.snippets.views import snippets

from bulletin.models import Item, Publication
from bulletin.refusals import PublishRefused


def is_older_than_redaction(request: HttpRequest, item: Item) -> bool:
    """Whether the form sent was filled from a draft of `item` that a redaction has removed."""
    drafts = {request.POST.get(name, "") for name in ("loaded_revision_id", "overwrite_revision_id")} - {""}
    if (
        not drafts
        or not Publication.objects.filter(item_id=item.pk, content__redacted_at__isnull=False).exists()
    ):
        return False
    numbers = {int(draft) for draft in drafts if draft.isascii() and draft.isdigit() and len(draft) <= 18}
    return Revision.objects.for_instance(item).filter(pk__in=numbers).count() < len(drafts)


def refuse_older_than_redaction(request: HttpRequest, item: Item) -> None:
    """Raises PublishRefused for such a form."""
    if is_older_than_redaction(request, item):
        raise PublishRefused(
            gettext(
                "Bu içerik siz açtıktan sonra karartıldı. Form eski metni taşıdığından kaydedilmedi: sayfayı kapatıp "
                "içeriği yeniden açın."
            )
        )


class ItemPreviewView(snippets.PreviewOnEditView):
    """Wagtail's, which keeps the form in the database; not one that holds a redacted text."""

    def post(self, request, *args, **kwargs):
        if is_older_than_redaction(request, self.object):
            return JsonResponse({"is_valid": False, "is_available": False})
        return super().post(request, *args, **kwargs)
