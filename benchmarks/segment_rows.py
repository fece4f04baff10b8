"""Rows that list pages show, for a made deployment (QUNYU_DATA): points, levels, consents, prospects, worth, the audit trail and looks."""

from __future__ import annotations

from datetime import date
from typing import Any

from benchmarks.segment_deploy import _run
from benchmarks.segment_names import NOW
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import system_scope
from qunyu.kernel.tables import take_stock
from qunyu.loyalty.levels import Rung, save_level
from qunyu.loyalty.models import Standing
from qunyu.loyalty.programmes import save_programme
from qunyu.people.queries import root_unit
from qunyu.prospects.models import ProspectRun, WorthRun

DAY = date(2025, 12, 31)
AT = "'2025-12-01 00:00:00'"
# Every second person has points, every third a level and consents; for each person there are an entry and a look. The lists of prospects and
# of worth hold 10,000 at most, as the product keeps them.
_POINTS = f"""
INSERT INTO loyalty_account (id, programme_id, member_id, balance, owed, movements) SELECT id, 1, id, id % 500 + 1, 0, 1 FROM members_member WHERE id % 2 = 0;
INSERT INTO loyalty_movement (id, public_id, programme_id, kind, key, act, rule, source, reason, at, written_at, by, by_name)
  SELECT id, printf('v%013d', id), 1, 'give', 'bench:' || id, 'bench', '', '', 'bench', datetime({AT}, '-' || (id % 300) || ' days'), {AT}, 'system:0', 'bench'
  FROM members_member WHERE id % 2 = 0;
INSERT INTO loyalty_entry (movement_id, side, account_id, amount, owed)
  SELECT id, 'member', id, id % 500 + 1, 0 FROM members_member WHERE id % 2 = 0 UNION ALL
  SELECT id, 'adjusted', NULL, -(id % 500 + 1), 0 FROM members_member WHERE id % 2 = 0;
INSERT INTO loyalty_lot (account_id, movement_id, points, left, earned_at) SELECT id, id, id % 500 + 1, id % 500 + 1, {AT} FROM members_member WHERE id % 2 = 0;
INSERT INTO loyalty_standing (programme_id, member_id, level_id, since, why, figures)
  SELECT DISTINCT 1, member_id, member_id % 2 + 1, '2025-12-01', 'bar', '{{}}' FROM members_identity WHERE member_id % 3 = 0
"""
_TOLD = f"""
INSERT INTO privacy_consent (public_id, member_id, purpose, state, source, wording, evidence, at, by_name, written_at)
  SELECT printf('c%013d', id), id, 'marketing', CASE id % 4 WHEN 0 THEN 'withdrawn' ELSE 'granted' END, 'chat', '', '', {AT}, 'bench', {AT}
  FROM members_member WHERE id % 3 = 0;
INSERT INTO prospects_prospect (run_id, member_id, rank, chance, low, high, signals, reason, spoken)
  SELECT 1, member_id, row_number() OVER (ORDER BY member_id), 0.1, 0.05, 0.2, ',asked,', 'asked', member_id % 50
  FROM (SELECT DISTINCT member_id FROM members_identity WHERE member_id % 4 = 0 LIMIT 10000);
INSERT INTO prospects_worth (run_id, member_id, side, place, since, orders, revenue, refunds, brought, brought_revenue, contacts, complaints, points,
    benefits, days, costs, balance)
  SELECT 1, member_id, CASE member_id % 8 WHEN 0 THEN 'costs' ELSE 'brings' END, row_number() OVER (PARTITION BY member_id % 8 ORDER BY member_id),
    '2025-01-01', 2, 10000, 0, 0, 0, 1, 0, 0, 0, 30, 500, 9500
  FROM (SELECT DISTINCT member_id FROM members_identity WHERE member_id % 4 = 0 LIMIT 10000);
INSERT INTO {AuditEntry._meta.db_table} (at, actor, actor_name, action, object_kind, object_id, reason, data)
  SELECT {AT}, 'staff:1', 'bench', 'member.edit', 'member', id, '', '{{}}' FROM members_member;
INSERT INTO privacy_accessentry (at, slot, actor, actor_name, via, page, person, object, searched, shown)
  SELECT {AT}, id, 'staff:1', 'bench', 'console', 'member', public_id, '', '', NULL FROM members_member
"""


def rows() -> int:
    """Makes them unless they are there; how many people stand on a level."""
    if not Standing.objects.exists():
        scope, root = system_scope("benchmark"), root_unit()
        told: dict[str, Any] = {"name": "bench", "currency": "points", "starts_on": date(2025, 1, 1)}
        programme = save_programme(by=scope, unit=root, now=NOW, told=told)
        for name in ("silver", "gold"):
            save_level(by=scope, programme=programme, level=None, rung=Rung(name), now=NOW)
        about: dict[str, Any] = {"unit": root, "at": NOW, "finished": True}
        past = {
            "measured": True,
            "past": [100_000, 5_000],
            "spans": 3,
            "judged": None,
            "contacted": None,
            "signals": {},
        }
        ProspectRun.objects.create(as_of=DAY, horizon=30, base=0.05, figures=past, **about)
        counted = {"foreign": 0, "people": 100_000, "minus": 0, "fresh": 0}
        WorthRun.objects.create(first=date(2025, 1, 1), last=DAY, currency="CNY", figures=counted, **about)
        _run(_POINTS)
        _run(_TOLD)
        take_stock()
    return Standing.objects.count()
