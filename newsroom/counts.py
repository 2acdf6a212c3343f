"""How the admin says how many there are: “60 haber”, where Wagtail would say “60 haberler”.

Turkish has no plural after a number. `install` puts it into every list and chooser of Wagtail's, ours and its own.
"""

from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import get_language
from wagtail.admin.paginator import WagtailPaginator


class CountedPaginator(WagtailPaginator):
    @cached_property
    def items_count_label(self) -> str:
        name = self.verbose_name if get_language() == "tr" or self.count == 1 else self.verbose_name_plural
        return f"{number_format(self.count)} {name}"


def install() -> None:
    """Called once, when the newsroom is ready."""
    from wagtail.admin.views.generic.base import BaseListingView
    from wagtail.admin.views.generic.chooser import BaseChooseView

    for view in (BaseListingView, BaseChooseView):
        view.paginator_class = CountedPaginator
