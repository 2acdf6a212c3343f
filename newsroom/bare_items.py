"""Items met as bare `Item`s: workflows, reports and choosers know an item by its base, and ask it for its admin.

Wagtail puts a viewset on each model it registers. The base isn't registered: it is told here to use its kind's.
"""

from django.contrib.admin.utils import quote
from django.urls import reverse
from wagtail.admin.admin_url_finder import register_admin_url_finder

from bulletin.models import Bulletin, Item, NewsItem, Statement

MODELS = {model.ITEM_KIND: model for model in (NewsItem, Statement, Bulletin)}


class ItemURLFinder:
    """The edit page of a bare item, for whoever may change it; for everybody where no user is given."""

    def __init__(self, user=None):
        self.user = user

    def get_edit_url(self, instance: Item) -> str | None:
        model = MODELS[instance.kind]
        policy = model.snippet_viewset.permission_policy
        if self.user is not None and not policy.user_has_permission_for_instance(
            self.user, "change", instance
        ):
            return None
        return reverse(model.snippet_viewset.get_url_name("edit"), args=[quote(instance.pk)])


def register() -> None:
    """Called when the admin's hooks are read."""
    register_admin_url_finder(Item, ItemURLFinder)
    Item.snippet_viewset = property(lambda item: MODELS[item.kind].snippet_viewset)
