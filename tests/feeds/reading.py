"""A feed as a reader sees it: parsed strictly, by name."""

from dataclasses import dataclass

from lxml import etree

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
}


@dataclass
class ReadFeed:
    """channel: the element. items: the elements, in order."""

    channel: etree._Element
    items: list[etree._Element]

    @property
    def titles(self) -> list[str]:
        return [text(item, "title") for item in self.items]


def parsed(body: bytes) -> ReadFeed:
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    (channel,) = root
    return ReadFeed(channel, channel.findall("item"))


def text(element, path: str) -> str | None:
    return element.findtext(path, namespaces=NAMES)
