"""Where a contract stands: the database and Python give the same answer."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from subscribers.models import Agency
from tests import factories

pytestmark = pytest.mark.django_db


def test_queryset_agrees_with_the_state_of_each_agency():
    now = timezone.now()
    moments = [None, now - timedelta(days=1), now, now + timedelta(days=1)]
    for started, ended, suspended in product(moments[1:], moments, moments):
        if ended is None or ended >= started:
            factories.agency(started_at=started, ended_at=ended, suspended_at=suspended)
    states = {agency.pk: agency.state_at(now) for agency in Agency.objects.all()}
    assert len(set(states.values())) == 4
    in_force = {number for number, state in states.items() if state == Agency.State.CURRENT}
    over = {number for number, state in states.items() if state == Agency.State.ENDED}
    assert set(Agency.objects.in_force(now).values_list("pk", flat=True)) == in_force
    assert over.isdisjoint(Agency.objects.not_ended(now).values_list("pk", flat=True))
