"""What becomes of the presence of a person who is erased: the figures stay, the person is gone from them.

The rows of each calendar year get one random number that is nobody's and is kept nowhere else. Within a year they stay
the rows of one person, so every figure of a day, a month, a channel, an agency and a year stays what it was; nothing
ties one year's number to another's or to the person.
"""

from uuid import uuid4

from subscribers.models import User

from . import journal, presence
from .models import Presence


def bring_in_journal() -> None:
    """Folds what waits on this machine, so that it is among the rows. Raises django.db.Error or OSError.

    Called before the transaction of an erasure. What is folded later, from here or from another machine, is dropped
    by the door of presence, which knows who was erased.
    """
    presence.fold()


def forget(person: User) -> int:
    """Gives the rows of `person` their pseudonyms; how many rows. Inside the transaction that holds their account."""
    rows = Presence.objects.filter(person=person.uuid)
    renamed = 0
    for year in rows.dates("day", "year"):
        renamed += rows.filter(day__year=year.year).update(person=uuid4())
    journal.forget(person.uuid)
    return renamed
