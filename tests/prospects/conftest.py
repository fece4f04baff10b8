"""A unit with the tea lovers, of whose chat a list was made, and somebody on it."""

from __future__ import annotations

import pytest

from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.members.models import Member
from qunyu.people.models import Unit
from qunyu.prospects.measuring import measure
from qunyu.prospects.models import ProspectRun
from tests.deployment_fixtures import NOW


@pytest.fixture
def mei(tea: Community) -> Member:
    """Mei of the community Tea lovers."""
    return Member.objects.get(name="Mei")


@pytest.fixture
def run(system: Scope, unit: Unit, tea: Community) -> ProspectRun:
    """The unit's list, over the tea lovers' four days."""
    return measure(by=system, unit=unit, now=NOW)
