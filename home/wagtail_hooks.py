"""What the pages of the site add to Wagtail's admin."""

from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages

from .models import HomePage, SectionPage

#: Characters of a page's title and of its part of the address, as `wagtailcore.Page` keeps them.
LONGEST = 255


@hooks.register("before_copy_page")
def refuse_long_names(request, page):
    """Wagtail's form of a copy takes words of any length; the database doesn't."""
    if any(len(request.POST.get(name, "")) > LONGEST for name in ("new_title", "new_slug")):
        messages.error(
            request,
            _("Sayfanın başlığı ve adresi en çok %(longest)d karakter olabilir; kopya oluşturulmadı.")
            % {"longest": LONGEST},
        )
        return redirect("wagtailadmin_pages:copy", page.pk)
    return None


# After the newsroom's, which refuses a page that would be no copy at all.
@hooks.register("before_copy_page", order=100)
def refuse_second_front(request, page):
    """There is one front for each section, and one home page; the database refuses a second with an error."""
    if issubclass(page.specific_class, HomePage | SectionPage):
        messages.error(request, _("“%(title)s” sitede bir tanedir; kopyalanamaz.") % {"title": page.title})
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None
