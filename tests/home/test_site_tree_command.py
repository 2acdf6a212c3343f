"""`manage.py site_tree` makes the pages of a new installation."""

import pytest
from django.core.management import call_command

from home.models import HomePage, SectionPage

pytestmark = pytest.mark.django_db


def test_command_makes_the_section_fronts_once():
    HomePage.objects.get().delete()
    assert not SectionPage.objects.exists()
    call_command("site_tree")
    call_command("site_tree")
    assert SectionPage.objects.count() == 3
