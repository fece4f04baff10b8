"""Callers of the API, and a shop with orders beside the tea lovers."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.people.actions import issue_token
from qunyu.people.models import Staff, Unit
from tests.api.calling import As, Caller, TokenOf
from tests.deployment_fixtures import AddStaff, ImportFile

# Invented. Two people buy at the shop of the tea lovers; one order is paid in dollars, one is not paid.
ORDERS = """\
order_id,customer_id,customer_name,ordered_at,amount,status,currency
A-1,m1,Mei,2026-03-02 10:00:00,12.35,paid,CNY
A-2,m1,Mei,2026-03-13 23:30:00,30.00,paid,CNY
A-3,t1,Tom,2026-03-14 00:30:00,8.00,paid,USD
A-4,t1,Tom,2026-03-15 09:00:00,99.00,unpaid,CNY
"""


@pytest.fixture
def token_of(system: Scope) -> TokenOf:
    """Issues a token of somebody and gives its secret."""

    def issue(who: Staff, expires_at: datetime | None = None) -> str:
        _, secret = issue_token(by=system, staff=who, name="tests", expires_at=expires_at, now=timezone.now())
        return secret

    return issue


@pytest.fixture
def caller(staff: AddStaff, token_of: TokenOf) -> As:
    """Somebody with a token: `role` ("" = none) at `unit` (default: the root)."""

    def make(role: str = "director", unit: Unit | None = None) -> Caller:
        who = staff(f"{role or 'nobody'}{Staff.objects.count()}", role, unit)
        return Caller(Client(), token_of(who))

    return make


@pytest.fixture
def api(caller: As) -> Caller:
    """The director, with a token."""
    return caller()


@pytest.fixture
def shop(import_file: ImportFile, unit: Unit, tea: Community) -> Unit:
    """The unit of the tea lovers, with the four orders of ORDERS."""
    import_file("orders.csv", ORDERS, unit, yields="orders")
    return unit
