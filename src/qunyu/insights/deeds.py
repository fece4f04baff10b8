"""Deeds: what people did in communities that can be worth something: days of talk week by week, and who brought whom."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

from qunyu.events.lake.store import Lake
from qunyu.insights.identities import make_identities
from qunyu.insights.providers import dimension
from qunyu.kernel.scope import Scope

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def talk_weeks(lake: Lake, scope: Scope, units: Collection[int], since: date) -> list[tuple[int, date, int]]:
    """(identity, the week's Monday, days of it with a real message) of ordinary members, from `since` on, in communities of `units`."""
    sql = """
    SELECT a.identity, date_trunc('week', a.local_day)::DATE, count(DISTINCT a.local_day)
    FROM activity a SEMI JOIN places USING (community) JOIN identities i USING (identity)
    WHERE a.spoken > 0 AND i.role = 'member' AND a.local_day >= ? GROUP BY ALL
    """
    return _rows(lake, scope, units, sql, since)


def invitations(lake: Lake, scope: Scope, units: Collection[int], since: date) -> list[tuple[int, int, datetime]]:
    """(identity that invited, identity that came, when first) over communities of `units`, from `since` on; of two different people.

    Whoever was in one of these communities before is not brought by whoever asks them into the next.
    """
    sql = """
    SELECT arg_min(f.other, f.occurred_at), f.identity, epoch_us(min(f.occurred_at))
    FROM facts f SEMI JOIN places USING (community) JOIN identities guest ON guest.identity = f.identity
    JOIN identities host ON host.identity = f.other
    WHERE f.kind = 'joined' AND guest.role = 'member' AND host.role = 'member' AND host.member <> guest.member
    GROUP BY f.identity HAVING min(f.local_day) >= ?
    """
    rows = _rows(lake, scope, units, sql, since)
    # Whole microseconds: DuckDB's own times with zones take a package more.
    return [(host, guest, _EPOCH + timedelta(microseconds=at)) for host, guest, at in rows]


def _rows(lake: Lake, scope: Scope, units: Collection[int], sql: str, since: date) -> list[Any]:
    places = dimension("communities", scope)
    mine = places.filter([unit in units for unit in places["unit"].to_pylist()]).select(["community"])
    if not mine.num_rows:
        return []
    with lake.connect() as connection:
        connection.register("places", mine)
        make_identities(connection, scope)
        return connection.execute(sql, [since]).fetchall()
