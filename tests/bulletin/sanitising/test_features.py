"""What a body may hold is what the editing area can hold."""

import pytest
from wagtail.rich_text import features as registered

from bulletin.models import Item
from bulletin.sanitising import ALLOWED_ATTRIBUTES, BODY_FEATURES

pytestmark = pytest.mark.once


def test_editing_area_of_a_body_has_these_features():
    assert Item._meta.get_field("body").features == list(BODY_FEATURES)


@pytest.mark.parametrize("feature", BODY_FEATURES)
def test_each_feature_reads_the_tags_that_are_allowed_for_it(feature):
    read = registered.get_converter_rule("contentstate", feature)["from_database_format"]
    names = {rule.split("[")[0] for rule in read}
    assert names >= set(BODY_FEATURES[feature])


def test_nothing_is_allowed_but_what_the_features_are_written_in():
    tags = {tag for written in BODY_FEATURES.values() for tag in written}
    assert set(ALLOWED_ATTRIBUTES) == tags | {"p", "br"}
