"""Images in the admin: uploaded once, and from then on the picture that everybody saw.

Who approves an item approves its picture too. A file that could be replaced afterwards would go out unseen, and one
that ends in the middle would fail only where it is shown.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image as Picture
from PIL import UnidentifiedImageError
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

#: Pillow's names of WAGTAILIMAGES_EXTENSIONS: it tries no other reader on what people upload.
FORMATS = ("JPEG", "PNG", "WEBP")


class WholeImageField(WagtailImageField):
    """Wagtail's, which reads the beginning of a file; this one reads it to the last pixel first."""

    def to_python(self, data):
        if data:
            self._refuse_what_can_not_be_read(data)
        return super().to_python(data)

    def _refuse_what_can_not_be_read(self, file) -> None:
        file.seek(0)
        try:
            with Picture.open(file, formats=FORMATS) as picture:
                if picture.width * picture.height > self.max_image_pixels:
                    raise ValidationError(
                        _("Görsel çok büyük: en çok %(maximum)d milyon piksel olabilir. Küçültüp yükleyin."),
                        params={"maximum": self.max_image_pixels // 1_000_000},
                    )
                picture.load()
        except UnidentifiedImageError as error:
            raise ValidationError(_("Bu dosya JPEG, PNG ya da WebP görseli değil.")) from error
        except (OSError, SyntaxError, ValueError, EOFError, Picture.DecompressionBombError) as error:
            raise ValidationError(
                _("Görsel okunamadı: dosya eksik ya da bozuk. Yeniden kaydedip tekrar yükleyin.")
            ) from error
        finally:
            file.seek(0)


class ImageForm(BaseImageForm):
    """Wagtail's, but the file is read whole, and that of an image that is there stays."""

    file = WholeImageField(label=_("Dosya"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "file" in self.fields:
            self.fields["file"].disabled = True
            self.fields["file"].help_text = _(
                "Yüklenen görselin dosyası değişmez: başka bir dosya için yeni bir görsel yükleyin."
            )
