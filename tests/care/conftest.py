"""People whom occasions fall on; times are those of tests.deployment_fixtures.NOW, 20 March 2026."""

from __future__ import annotations

from datetime import datetime

import pytest

from qunyu.care import settings
from qunyu.commerce.models import Order
from qunyu.kernel.scope import Scope
from qunyu.members.fields import BASIC
from qunyu.members.models import Identity, Member
from qunyu.members.profile import write
from qunyu.people.models import Unit
from tests.deployment_fixtures import NOW
from tests.loyalty import conftest as loyalty
from tests.members import conftest as members

BIRTHDAY = next(each for each in BASIC if each.key == "birthday")
mei, person, place = members.mei, members.person, members.place
programme, community, buyer = loyalty.programme, loyalty.community, loyalty.buyer


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs asked for, instead of a queue."""
    found: list[str] = []
    monkeypatch.setattr(settings, "load", lambda: None)
    monkeypatch.setattr(settings, "enqueue", lambda name, **_: found.append(name))
    return found


def born(system: Scope, member: Member, value: str) -> None:
    write(by=system, values=[(member.pk, BIRTHDAY, value)], now=NOW)


def bought(member: Member, unit: Unit, at: datetime) -> Order:
    identity = Identity.objects.get(own_member=member)
    told = {"unit": unit, "reference": f"{member.pk} {at}", "fact_id": "", "customer": identity, "ordered_at": at}
    return Order.objects.create(**told, amount=100, currency="CNY", status="paid")
