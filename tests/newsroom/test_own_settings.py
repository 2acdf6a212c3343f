"""A person's own settings in the admin take no picture."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from wagtail.users.models import UserProfile

pytestmark = pytest.mark.django_db

ADDRESS = "/yonetim/account/"


def picture() -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (8, 8)).save(written, "GIF")
    return SimpleUploadedFile("ben.gif", written.getvalue(), "image/gif")


def settings_form(**changes) -> dict:
    return {
        "name_email-first_name": "Ada",
        "name_email-last_name": "Kaya",
        "theme-theme": "dark",
        "theme-contrast": "system",
        "theme-density": "default",
        "theme-keyboard_shortcuts": "on",
        "locale-preferred_language": "tr",
        "locale-current_time_zone": "",
        **changes,
    }


def test_page_asks_for_no_picture(client, editor):
    client.force_login(editor)
    page = client.get(ADDRESS).content.decode()
    assert "theme-theme" in page
    assert "avatar-avatar" not in page


def test_picture_that_is_sent_all_the_same_is_not_kept_and_the_rest_is(client, editor, own_folder):
    client.force_login(editor)
    answer = client.post(ADDRESS, settings_form(**{"avatar-avatar": picture()}))
    assert answer.status_code == 302
    profile = UserProfile.objects.get(user=editor)
    assert (profile.theme, bool(profile.avatar)) == ("dark", False)
    assert [path for path in own_folder.rglob("*") if path.suffix == ".gif"] == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_settings_are_of_whoever_works_in_the_admin(client, subscriber, method):
    assert getattr(client, method)(ADDRESS).status_code == 302
    client.force_login(subscriber)
    assert getattr(client, method)(ADDRESS).status_code == 302
