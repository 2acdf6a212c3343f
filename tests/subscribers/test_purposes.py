"""The register of processing purposes: nothing that names a person stands outside it, and documents say the same."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.test.utils import isolate_apps

from subscribers import destruction, purposes
from subscribers.purposes import PURPOSES, REGISTER

ROOT = Path(__file__).resolve().parents[2]


def test_each_field_that_can_name_a_person_belongs_to_a_purpose():
    assert purposes.unclaimed_fields() == []


def test_register_names_no_field_that_isnt_there():
    assert purposes.missing_fields() == []


@isolate_apps("subscribers", "metrics", "newsroom")
@pytest.mark.parametrize("room", ["subscribers", "metrics", "newsroom"])
def test_new_model_with_a_person_is_found(room):
    class Diary(models.Model):
        writer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
        reader = models.UUIDField()
        address = models.EmailField()
        network_address = models.CharField(max_length=40)
        text = models.TextField()

        class Meta:
            app_label = room

    Diary._meta.get_field("writer").remote_field.model = purposes.get_user_model()
    assert purposes.unclaimed_fields([Diary]) == [
        f"{room}.Diary.{name}" for name in ("address", "network_address", "reader", "writer")
    ]


def test_each_purpose_with_an_end_has_a_run_that_brings_it_about():
    assert destruction.without_run() == []


def test_each_purpose_names_an_article_of_the_law():
    assert all("m. " in str(purpose.ground) for purpose in REGISTER)


def test_document_and_settings_agree():
    written = (ROOT / "docs" / "personal-data.md").read_text()
    assert purposes.as_table() in written


def test_retention_is_what_the_settings_say(settings):
    settings.RETENTION_MONTHS = {**settings.RETENTION_MONTHS, "invitations": 7}
    settings.AUDIT_RETENTION_MONTHS = 31
    assert (PURPOSES["invitations"].months, PURPOSES["audit"].months) == (7, 31)
    assert "| 7 ay (" in purposes.as_table()


@pytest.mark.parametrize(
    "wrong", [{"invitations": -1}, {"use": 6}, {"unknown": 3}, {"invitations": 1201}], ids=str
)
def test_retention_that_is_none_stops_the_start(settings, wrong):
    settings.RETENTION_MONTHS = {**settings.RETENTION_MONTHS, **wrong}
    with pytest.raises(ImproperlyConfigured):
        purposes.check_settings()


def test_a_missing_retention_stops_the_start(settings):
    settings.RETENTION_MONTHS = {"use": 1}
    with pytest.raises(ImproperlyConfigured):
        purposes.check_settings()
