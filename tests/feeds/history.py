"""A log that holds every kind of change, for tests of what is derived from it."""

from bulletin import publication
from tests import factories


def log_of_every_kind_of_change() -> None:
    desk = factories.desk()
    news = [factories.published_news(title=f"Haber {n}", desk=desk) for n in range(3)]
    factories.published_news(audience=["subscriber"])
    factories.published_statement()
    factories.published_bulletin(news[0])
    factories.corrected(news[0], title="Düzeltildi")
    publication.change_audience(news[1], ["subscriber"])
    publication.withdraw(news[2])
