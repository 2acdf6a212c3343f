"""Images in the admin: uploaded once, and from then on the picture that everybody saw.

Who approves an item approves its picture too. A file that could be replaced afterwards would go out unseen.
"""

from django.utils.translation import gettext_lazy as _
from wagtail.images.forms import BaseImageForm


class ImageForm(BaseImageForm):
    """Wagtail's, but the file of an image that is there stays."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "file" in self.fields:
            self.fields["file"].disabled = True
            self.fields["file"].help_text = _(
                "Yüklenen görselin dosyası değişmez: başka bir dosya için yeni bir görsel yükleyin."
            )
