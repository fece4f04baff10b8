"""A deployment of a made lake for segments: people, memberships, orders, tiers, tags and regions, written straight into SQLite (QUNYU_DATA)."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow.parquet as pq

from qunyu.cli.setting_up import set_up

set_up(Path(os.environ["QUNYU_DATA"]))

from django.db import connection, transaction  # noqa: E402

from benchmarks.made_deployment import _orders  # noqa: E402
from qunyu.commerce.actions import put_orders  # noqa: E402
from qunyu.commerce.queries import order_from_fact  # noqa: E402
from qunyu.communities.models import Community  # noqa: E402
from qunyu.flows.place import place  # noqa: E402
from qunyu.kernel.scope import system_scope  # noqa: E402
from qunyu.kernel.tables import take_stock  # noqa: E402
from qunyu.members.models import Membership, Tag, TagGroup  # noqa: E402
from qunyu.people.queries import root_unit  # noqa: E402

BATCH = 50_000
_MEMBERSHIPS = """
SELECT identity, community, min(first_at)::VARCHAR, max(last_at)::VARCHAR, min(came_at)::VARCHAR,
  (CASE WHEN max(gone_at) >= max(last_at) THEN max(gone_at) END)::VARCHAR,
  sum(messages + actions)::BIGINT, count(*) FILTER (messages + actions > 0)::BIGINT
FROM activity WHERE community IS NOT NULL AND identity IS NOT NULL GROUP BY identity, community
"""
_MEMBERSHIP = (
    "members_membership (identity_id, community_id, first_at, last_at, joined_at, left_at, messages, active_days)"
)
# Who is what is told by the number of the member, so that everybody is told something and the answers are known.
_TOLD = """
INSERT INTO members_label (member_id, key, value, rule, figures, unit_id, since)
  SELECT DISTINCT member_id, 'tier', CASE member_id % 10 WHEN 0 THEN 'professional' WHEN 1 THEN 'contributing' WHEN 2 THEN 'active' WHEN 3 THEN 'active'
    ELSE 'ordinary' END, 0, '{}', 1, '2025-12-01' FROM members_identity;
INSERT INTO members_tagging (act, tag_id, member_id, source, reason, at, by, by_name, withdrawn_by_name, withdrawn_act)
  SELECT 'bench', 1, id, 'hand', '', '2025-12-01 00:00:00', 'system:0', 'bench', '', '' FROM members_member WHERE id % 20 = 0;
INSERT INTO members_profileentry (act, member_id, field, value, sealed, at, by, by_name, recurs)
  SELECT 'bench', id, 'region', CASE id % 7 WHEN 0 THEN 'Shanghai' ELSE 'Beijing' END, 0, '2025-12-01 00:00:00', 'system:0', 'bench', ''
  FROM members_member WHERE id % 3 = 0;
INSERT INTO members_profileentry (act, member_id, field, value, sealed, at, by, by_name, recurs)
  SELECT 'bench', id, 'region', 'Shanghai', 0, '2025-12-02 00:00:00', 'system:0', 'bench', '' FROM members_member WHERE id % 30 = 0
"""


def deploy(folder: str) -> dict[str, int]:
    """Fills the database from the lake in `folder`; how many there are of each kind. Done already, nothing."""
    if not Membership.objects.exists():
        _people(Path(folder))
        _memberships()
        put_orders(by=system_scope("benchmark"), rows=map(order_from_fact, _orders(place().lake)))
        group = TagGroup.objects.create(unit=root_unit(), name="bench")
        Tag.objects.create(pk=1, group=group, name="VIP")
        _run(_TOLD)
        take_stock()
    counted = "SELECT (SELECT count(*) FROM members_member), (SELECT count(*) FROM members_membership), (SELECT count(*) FROM commerce_order)"
    with connection.cursor() as cursor:
        cursor.execute(counted)
        people, memberships, orders = cursor.fetchone()
    return {"people": people, "memberships": memberships, "orders": orders}


def _people(folder: Path) -> None:
    unit = root_unit()
    told = ("platform", "type", "theme", "name")
    cards = pq.ParquetFile(folder / "communities.parquet").read().to_pylist()
    Community.objects.bulk_create(
        Community(id=each["community"], unit=unit, key=str(each["community"]), **{name: each[name] for name in told})
        for each in cards
    )
    rows = pq.ParquetFile(folder / "identities.parquet").read().to_pylist()
    _many(
        "members_member (id, public_id, name, role, erased)",
        [
            (each["identity"], f"m{each['identity']:013d}", f"Member {each['identity']}", each["role"], False)
            for each in rows
        ],
    )
    _many(
        "members_identity (id, member_id, own_member_id, platform, key, name, sealed)",
        [(each["identity"], each["member"], each["identity"], "made", str(each["identity"]), f"Member {each['identity']}", "") for each in rows],
    )  # fmt: skip


def _memberships() -> None:
    with place().lake.connect() as lake:
        found = lake.execute(_MEMBERSHIPS)
        while rows := found.fetchmany(BATCH):
            _many(_MEMBERSHIP, [_stamped(row) for row in rows])


def _stamped(row: tuple[object, ...]) -> tuple[object, ...]:
    """Times as Django writes them into SQLite."""
    return tuple(each[:-3] if isinstance(each, str) and each.endswith("+00") else each for each in row)


def _many(into: str, rows: list[tuple[object, ...]]) -> None:
    marks = ", ".join(["%s"] * len(rows[0]))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)


def _run(script: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in script.split(";\n"):
            cursor.execute(statement)
