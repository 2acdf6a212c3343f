"""What the pages of the site add to Wagtail's admin."""

from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages

from .models import HomePage, SectionPage


@hooks.register("before_copy_page")
def refuse_second_front(request, page):
    """There is one front for each section, and one home page; the database refuses a second with an error."""
    if issubclass(page.specific_class, HomePage | SectionPage):
        messages.error(request, _("“%(title)s” sitede bir tanedir; kopyalanamaz.") % {"title": page.title})
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None
