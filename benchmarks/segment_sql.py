"""The same ten segments by hand: SQL on the database and DuckDB's on the rollup, knowing what a director knows who sees everything."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
from deltalake import DeltaTable

from benchmarks.segment_names import timed

DATA = Path(os.environ.get("QUNYU_DATA", "."))


def answers(runs: int) -> dict[str, float]:
    """Median seconds of each segment, over a connection of its own each time; the members go to theirs-N.parquet beside the database."""
    return timed(runs, DATA, "theirs", _answer)


def _answer(which: str) -> np.ndarray:
    asked = _BY_HAND[which]
    with sqlite3.connect(f"file:{DATA / 'db.sqlite3'}?mode=ro", uri=True) as database:
        return np.sort(_asked(database, asked) if isinstance(asked, str) else asked(database))


def _asked(database: sqlite3.Connection, sql: str) -> np.ndarray:
    return np.fromiter((each for (each,) in database.execute(sql)), np.int64)


def _counted(sql: str) -> np.ndarray:
    """identity -> member is asked of the database; what they did, of the rollup."""
    files = [uri.removeprefix("file://") for uri in DeltaTable(DATA / "lake" / "activity").file_uris()]
    with duckdb.connect(config={"memory_limit": "512MB", "threads": "2"}) as lake:
        lake.execute(f"CREATE TEMP VIEW activity AS FROM read_parquet({files}, hive_partitioning = true)")
        return np.array(lake.sql(sql).fetchall(), np.int64).reshape(-1, 2)


def _members(database: sqlite3.Connection, pairs: np.ndarray, least: int) -> np.ndarray:
    """The members whose identities come to `least` together."""
    if len(pairs) > 20_000:
        heads = np.array(database.execute("SELECT id, member_id FROM members_identity").fetchall(), np.int64)
    else:
        marks = ",".join(str(each) for each in pairs[:, 0])
        heads = np.array(
            database.execute(f"SELECT id, member_id FROM members_identity WHERE id IN ({marks})").fetchall(), np.int64
        ).reshape(-1, 2)
    order = np.argsort(heads[:, 0])
    owner = heads[order, 1][np.searchsorted(heads[order, 0], pairs[:, 0])]
    members, place = np.unique(owner, return_inverse=True)
    return members[np.bincount(place, pairs[:, 1], len(members)) >= least]


def _lively(database: sqlite3.Connection) -> np.ndarray:
    there = ",".join(
        str(each) for (each,) in database.execute("SELECT id FROM communities_community WHERE platform = 'platform 1'")
    )
    talk = _counted(
        "SELECT identity, sum(spoken)::BIGINT FROM activity WHERE month >= '2025-12' AND local_day BETWEEN DATE '2025-12-20' AND DATE '2026-01-02' "
        f"AND community IN ({there}) AND spoken > 0 GROUP BY identity"
    )
    return np.setdiff1d(_members(database, talk, 3), _asked(database, _BUYERS))


def _silent(database: sqlite3.Connection) -> np.ndarray:
    old = _asked(database, _OLD)
    active = _counted(
        "SELECT identity, 1 FROM activity WHERE month >= '2025-12' AND local_day BETWEEN DATE '2025-12-04' AND DATE '2026-01-02' "
        "AND messages + actions > 0 GROUP BY identity"
    )
    return np.setdiff1d(old, _members(database, active, 1))


def _curious(database: sqlite3.Connection) -> np.ndarray:
    span = "month >= '2025-12' AND local_day BETWEEN DATE '{}' AND DATE '2026-01-02'"
    asked = _counted(
        f"SELECT identity, sum(questions)::BIGINT AS n FROM activity WHERE {span.format('2025-12-20')} GROUP BY identity HAVING n > 0"
    )
    told = _counted(
        f"SELECT identity, sum(answers)::BIGINT AS n FROM activity WHERE {span.format('2025-12-04')} GROUP BY identity HAVING n > 0"
    )
    return np.union1d(_members(database, asked, 2), _members(database, told, 2))


_THERE = "SELECT i.member_id FROM members_membership m JOIN members_identity i ON i.id = m.identity_id WHERE m.left_at IS NULL"
_BUYERS = "SELECT DISTINCT i.member_id FROM commerce_order o JOIN members_identity i ON i.id = o.customer_id WHERE o.status = 'paid'"
_KNOWN = "SELECT DISTINCT i.member_id FROM members_profileentry e JOIN members_identity i ON i.own_member_id = e.member_id WHERE e.field = 'region'"
_SEEN = """SELECT DISTINCT i.member_id FROM members_membership m JOIN members_identity i ON i.id = m.identity_id
  UNION SELECT i.member_id FROM commerce_order o JOIN members_identity i ON i.id = o.customer_id"""
_OLD = f"""SELECT DISTINCT i.member_id FROM members_membership m JOIN members_identity i ON i.id = m.identity_id
  WHERE m.first_at < '2025-10-04 16:00:00' AND i.member_id IN ({_THERE})"""
_LATEST = """SELECT member_id FROM (SELECT i.member_id, e.value, row_number() OVER (PARTITION BY i.member_id ORDER BY e.at DESC, e.id DESC) AS n
  FROM members_profileentry e JOIN members_identity i ON i.own_member_id = e.member_id WHERE e.field = 'region' AND e.withdrawn_at IS NULL)
  WHERE n = 1 AND value = 'Shanghai'"""
_VIP = "SELECT i.member_id FROM members_tagging t JOIN members_identity i ON i.own_member_id = t.member_id WHERE t.tag_id = 1 AND t.withdrawn_at IS NULL"
_BY_HAND: dict[str, str | Callable[[sqlite3.Connection], np.ndarray]] = {
    "lively, never ordered": _lively,
    "active tier": f"SELECT member_id FROM members_label WHERE key = 'tier' AND value = 'active' AND member_id IN ({_SEEN})",
    "everybody but the active": f"SELECT * FROM ({_SEEN}) EXCEPT SELECT member_id FROM members_label WHERE key = 'tier' AND value = 'active'",
    "Shanghai, no VIP": f"SELECT * FROM ({_LATEST}) WHERE member_id IN ({_SEEN}) EXCEPT {_VIP}",
    "region unknown, there now": f"SELECT DISTINCT member_id FROM ({_THERE}) EXCEPT {_KNOWN}",
    "two orders in a quarter": """SELECT i.member_id FROM commerce_order o JOIN members_identity i ON i.id = o.customer_id
      WHERE o.status = 'paid' AND o.ordered_at >= '2025-10-04 16:00:00' AND o.ordered_at < '2026-01-02 16:00:00' GROUP BY i.member_id HAVING count(*) >= 2""",
    "big spenders gone quiet": """SELECT i.member_id FROM commerce_order o JOIN members_identity i ON i.id = o.customer_id WHERE o.status = 'paid'
      GROUP BY i.member_id HAVING sum(CASE WHEN o.currency = 'CNY' THEN o.amount - o.refund END) >= 50000 AND max(o.ordered_at) < '2025-11-03 16:00:00'""",
    "old and silent": _silent,
    "asks or answers": _curious,
    "left for good": f"""SELECT DISTINCT i.member_id FROM members_membership m JOIN members_identity i ON i.id = m.identity_id
      WHERE m.left_at >= '2025-12-03 16:00:00' AND m.left_at < '2026-01-02 16:00:00' EXCEPT SELECT * FROM ({_THERE})""",
}
