"""What a body may hold: the features of the editing area, each with the tags it is written in, as one constant.

The editing area is given these features (`bulletin.models`, `newsroom.body_area`), bleach is given their tags. So
whatever is sanitised can be edited, and comes back from the editing area as it went in.
"""

#: Each feature of Wagtail's editing area to the tags it is written in, and each of these to its attributes.
BODY_FEATURES: dict[str, dict[str, tuple[str, ...]]] = {
    "h2": {"h2": ()},
    "h3": {"h3": ()},
    "bold": {"strong": ()},
    "italic": {"em": ()},
    "ol": {"ol": (), "li": ()},
    "ul": {"ul": (), "li": ()},
    "link": {"a": ("href",)},
    "blockquote": {"blockquote": ()},
    "hr": {"hr": ()},
    "superscript": {"sup": ()},
    "subscript": {"sub": ()},
}

#: The tags that the editing area writes without any feature.
PLAIN_TAGS = ("p", "br")

#: Each allowed tag with the names of the attributes it may have.
ALLOWED_ATTRIBUTES: dict[str, tuple[str, ...]] = dict.fromkeys(PLAIN_TAGS, ())
for _tags in BODY_FEATURES.values():
    ALLOWED_ATTRIBUTES.update(_tags)

ALLOWED_TAGS = frozenset(ALLOWED_ATTRIBUTES)

#: What a link may begin with; an address on this site begins with one slash.
ALLOWED_PROTOCOLS = frozenset({"http", "https", "mailto"})
