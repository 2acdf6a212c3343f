"""Invitations that several people send or follow in the same moment."""

import re
from concurrent.futures import ThreadPoolExecutor

from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connections

from subscribers import invitations
from tests import factories


def test_link_works_once_also_for_two_at_once(own_database):
    agency = factories.agency()
    coordinator = factories.person(agency=agency, is_coordinator=True)
    invitations.invite(agency, "ayse@kurum.example", coordinator)
    secret = re.search(r"/davet/(\S+)/", mail.outbox[-1].body)[1]

    def attempt(_number) -> bool:
        try:
            invitations.accept(secret, ("Ayşe", "Yılmaz"), "leylek fincan kuyruk")
        except ValidationError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(attempt, range(4))).count(True) == 1


def test_limit_holds_where_several_invite_at_once(own_database):
    agency = factories.agency(people_limit=3)
    coordinator = factories.person(agency=agency, is_coordinator=True)

    def attempt(number) -> bool:
        try:
            invitations.invite(agency, f"kisi{number}@kurum.example", coordinator)
        except ValidationError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(attempt, range(8))).count(True) == 2
