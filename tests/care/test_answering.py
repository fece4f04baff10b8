"""Who spoke after a contact, as the lake tells."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from qunyu.communities.models import Community
from qunyu.flows.caring import care
from qunyu.flows.place import lake
from qunyu.insights.answering import Moment, spoke
from qunyu.kernel.scope import Scope
from qunyu.members.models import Identity
from tests.deployment_fixtures import NOW


def test_who_spoke_after_a_moment_in_sight(system: Scope, tea: Community) -> None:
    mei = Identity.objects.get(name="Mei").pk
    # She spoke on 2 March at 20:16 and on the 14th at 08:00, by Shanghai's clock.
    at = datetime(2026, 3, 2, 12, 16, tzinfo=UTC)
    moments = [
        Moment(1, (mei,), at - timedelta(minutes=1), at + timedelta(days=7)),
        Moment(2, (mei,), at, at + timedelta(days=7)),
        Moment(3, (mei,), at, at + timedelta(days=12)),
        Moment(4, (mei + 999,), at - timedelta(days=30), at + timedelta(days=30)),
    ]
    assert spoke(lake(), system, moments) == ({1, 3}, date(2026, 3, 14))
    assert spoke(lake(), system, []) == (set(), date(2026, 3, 14))
    assert spoke(lake(), Scope(system.actor), moments) == (set(), None)
    assert care(now=NOW)["brought"] == 0
