"""Bench: where one import's staged rows become facts, set by set, in a DuckDB file of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from qunyu.events.lake.drafts import drafts_sql, orders_sql
from qunyu.events.lake.schema import FACTS, SUPPLIES
from qunyu.events.lake.store import ROW_GROUP, WRITING_MEMORY, Lake, quoted
from qunyu.events.reading import Yields
from qunyu.events.staging import SCHEMAS, Staged

QUARTER = 900


@dataclass(frozen=True)
class Target:
    """Where the facts go: the import, the unit of orders and costs (id and lasting tag), the calendar, the currency."""

    import_id: int
    unit_id: int
    unit_tag: str
    zone: ZoneInfo
    currency: str


@dataclass
class Bench:
    """The working tables of one import: drafts, then facts."""

    lake: Lake
    staged: Staged
    target: Target
    connection: duckdb.DuckDBPyConnection

    def open(self) -> None:
        """Makes the staged tables visible."""
        for kind in self.staged.rows:
            file = quoted(self.staged.parquet(kind))
            self.connection.execute(
                f"CREATE TEMP VIEW raw_{kind} AS SELECT * REPLACE ({_cut(kind)}) FROM read_parquet({file})"
            )
            self.connection.execute(f"CREATE OR REPLACE TEMP VIEW staged_{kind} AS FROM raw_{kind}")

    def leave_out(self, communities: Collection[tuple[str, str]]) -> None:
        """Drops the talk of these (platform, key) communities."""
        if not communities:
            return
        sources, keys = zip(*communities, strict=True)
        table = pa.table({"source": pa.array(sources, pa.string()), "community": pa.array(keys, pa.string())})
        self.connection.register("given_out", table)
        self.connection.execute("CREATE OR REPLACE TABLE left_out AS FROM given_out")
        self.connection.execute(
            "CREATE OR REPLACE TEMP VIEW staged_chat AS FROM raw_chat ANTI JOIN left_out USING (source, community)"
        )

    def listed_communities(self) -> list[tuple[str, str]]:
        """(platform or empty, name or key) of the communities that member lists and cost tables speak of."""
        parts = []
        if self.staged.rows["members"]:
            parts.append("SELECT platform, community FROM raw_members")
        if self.staged.rows["costs"]:
            parts.append("SELECT '' AS platform, community FROM raw_costs")
        union = " UNION ".join(parts) or "SELECT '' AS platform, '' AS community"
        sql = f"SELECT DISTINCT platform, community FROM ({union}) WHERE community <> '' ORDER BY ALL"
        return self.connection.execute(sql).fetchall()

    def call_communities(self, aliases: list[tuple[str, str, str, str]]) -> None:
        """Says which (platform, key) each (platform or empty, name) of a list or cost table means; the others are left out."""
        columns = list(zip(*aliases, strict=True)) or [(), (), (), ()]
        names = ("platform", "community", "to_source", "to_key")
        table = pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)})
        self.connection.register("given_aliases", table)
        self.connection.execute("CREATE OR REPLACE TABLE aliases AS FROM given_aliases")
        if self.staged.rows["members"]:
            self.connection.execute(_CALLED.format(kind="members", join="JOIN", platform="r.platform"))
        if self.staged.rows["costs"]:
            self.connection.execute(_CALLED.format(kind="costs", join="LEFT JOIN", platform="''"))

    def draft(self, now: datetime) -> None:
        """Makes the drafts of everything staged."""
        if self.staged.rows["orders"]:
            self.connection.execute(f"CREATE TABLE bundled_orders AS {orders_sql(self.target.currency)}")
        kinds = frozenset(self.staged.rows)
        self.connection.execute(
            f"CREATE TEMP VIEW every_draft AS {drafts_sql(kinds, currency=self.target.currency, now=now)}"
        )
        self.connection.execute("CREATE OR REPLACE TEMP VIEW drafts AS FROM every_draft")

    def order_numbers(self) -> list[str]:
        """The numbers of all orders of this import."""
        if not self.staged.rows["orders"]:
            return []
        sql = "SELECT DISTINCT external FROM bundled_orders WHERE external <> ''"
        return [number for (number,) in self.connection.execute(sql).fetchall()]

    def forget(self, people: pa.Table, orders: Collection[str]) -> int:
        """Leaves out what these people (source, home, key) did, and these orders; how many drafts. In what others did they are nobody."""
        self.connection.register("given_gone", people)
        self.connection.register("given_gone_orders", pa.table({"external": pa.array(list(orders), pa.string())}))
        self.connection.execute("CREATE OR REPLACE TABLE gone AS SELECT source, home, key FROM given_gone")
        self.connection.execute("CREATE OR REPLACE TABLE gone_orders AS FROM given_gone_orders")
        self.connection.execute(_WITHOUT_GONE)
        counts = self.connection.execute("SELECT (SELECT count(*) FROM every_draft) - (SELECT count(*) FROM drafts)")
        return int(counts.fetchall()[0][0])

    def communities(self) -> list[tuple[str, str, str]]:
        """(platform, key, latest name) of every community that chats and member lists speak of."""
        self._named_communities()
        return self.connection.execute("FROM named_communities ORDER BY source, community").fetchall()

    def _named_communities(self) -> None:
        parts = []
        if self.staged.rows["chat"]:
            parts.append("SELECT source, community, community_name AS name, occurred_at AS seen FROM staged_chat")
        if self.staged.rows["members"]:
            parts.append(
                "SELECT source, community, community AS name, TIMESTAMPTZ '1970-01-01' AS seen FROM staged_members"
            )
        union = " UNION ALL ".join(parts) or "SELECT '' AS source, '' AS community, '' AS name, now() AS seen LIMIT 0"
        self.connection.execute(
            "CREATE OR REPLACE TABLE named_communities AS "
            f"SELECT source, community, arg_max(name, seen) AS name FROM ({union}) WHERE community <> '' GROUP BY ALL"
        )

    def chat_communities(self) -> list[tuple[str, str, str]]:
        """(platform, key, latest name) of every community that the chats of this import are of."""
        return self.connection.execute(
            "SELECT source, community, arg_max(community_name, occurred_at) FROM raw_chat GROUP BY ALL ORDER BY ALL"
        ).fetchall()

    def direct_chats(self) -> set[tuple[str, str]]:
        """(platform, key) of the chats of this import that are named by the id of the one with whom somebody talks there."""
        if not self.staged.rows["chat"]:
            return set()
        return set(self.connection.execute("SELECT DISTINCT source, community FROM raw_chat WHERE direct").fetchall())

    def identities(self) -> pa.Table:
        """Everybody named: source, home, key, name, role, phone, union_id; one row each, ordered by key."""
        return self.connection.sql(
            f"SELECT source, home, key, coalesce(nullif(arg_max(name, seen) FILTER (name <> ''), ''), {_NAMELESS}) AS name, "
            "max(role) AS role, max(phone) AS phone, max(union_id) AS union_id "
            f"FROM ({self._people()}) WHERE key <> '' GROUP BY source, home, key ORDER BY source, home, key"
        ).to_arrow_table()

    def _people(self) -> str:
        early = "TIMESTAMPTZ '1970-01-01'"
        parts = {
            "chat": """
                SELECT source, CASE WHEN author_id <> '' THEN '' ELSE community END AS home,
                  CASE WHEN author_id <> '' THEN author_id ELSE author_name END AS key, author_name AS name,
                  occurred_at AS seen, CASE WHEN bot THEN 'bot' ELSE '' END AS role, '' AS phone, '' AS union_id
                FROM staged_chat
                UNION ALL SELECT source, CASE WHEN other_id <> '' THEN '' ELSE community END,
                  CASE WHEN other_id <> '' THEN other_id ELSE other_name END, other_name, occurred_at, '', '', ''
                FROM staged_chat WHERE other_id <> '' OR other_name <> ''""",
            "members": f"""
                SELECT source, CASE WHEN member_id <> '' THEN '' ELSE community END AS home,
                  CASE WHEN member_id <> '' THEN member_id ELSE name END AS key, name, {early} AS seen,
                  CASE WHEN role = 'member' THEN '' ELSE role END AS role, phone, union_id FROM staged_members""",
            "orders": f"""
                SELECT source, '' AS home, customer AS key, customer_name AS name, {early} AS seen, '' AS role,
                  phone, union_id FROM bundled_orders""",
        }
        chosen = [parts[kind] for kind in sorted(self.staged.rows.keys() & parts.keys())]
        return " UNION ALL ".join(chosen) or _NOBODY

    def resolve(self, communities: pa.Table, identities: pa.Table) -> None:
        """Takes the database's ids: communities (source, key, id) and identities (source, home, key, id)."""
        self.connection.register("given_communities", communities)
        self.connection.register("given_identities", identities)
        self.connection.execute("CREATE OR REPLACE TABLE community_ids AS FROM given_communities")
        self.connection.execute("CREATE OR REPLACE TABLE identity_ids AS FROM given_identities")

    def number(self) -> None:
        """Gives every draft its fact id and day, and drops what this import or the lake holds already."""
        self._offsets()
        self.connection.execute(_BASES.format(unit=self.target.unit_tag.replace("'", "''")))
        self.connection.execute(_NUMBERED)
        self.connection.execute(_EXISTING)

    def _offsets(self) -> None:
        """The zone's offset at every quarter of an hour that occurs: zones never shift between quarters."""
        sql = f"SELECT DISTINCT epoch(occurred_at)::BIGINT // {QUARTER} FROM drafts"
        quarters = [row[0] for row in self.connection.execute(sql).fetchall()]
        offsets = [_offset(quarter, self.target.zone) for quarter in quarters]
        table = pa.table({"quarter": pa.array(quarters, pa.int64()), "seconds": pa.array(offsets, pa.int64())})
        self.connection.register("given_offsets", table)
        self.connection.execute("CREATE TABLE offsets AS FROM given_offsets")

    def facts(self) -> pa.RecordBatchReader:
        """The new facts in the order the lake keeps: by month, day, community."""
        sql = _FACTS.format(unit_id=self.target.unit_id, import_id=self.target.import_id)
        return self.connection.sql(sql).to_arrow_reader(ROW_GROUP).cast(FACTS)

    def supplies(self) -> pa.RecordBatchReader:
        """The facts this import holds that were there already."""
        sql = f"SELECT {self.target.import_id}::BIGINT AS import_id, fact_id FROM existing_ids"
        return self.connection.sql(sql).to_arrow_reader(ROW_GROUP).cast(SUPPLIES)

    def counts(self) -> dict[str, int]:
        """How many facts are new, by kind, and `already` how many another import had supplied."""
        rows = self.connection.execute("SELECT kind, count(*) FROM new_ids GROUP BY ALL").fetchall()
        already = self.connection.execute("SELECT count(*) FROM existing_ids").fetchall()
        return {**dict(rows), "already": already[0][0]}


def _offset(quarter: int, zone: ZoneInfo) -> int:
    shift = datetime.fromtimestamp(quarter * QUARTER, UTC).astimezone(zone).utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0


@contextmanager
def bench(lake: Lake, staged: Staged, target: Target) -> Iterator[Bench]:
    """A bench over `lake` for one import; its working file goes with the staging folder."""
    with lake.connect(WRITING_MEMORY) as connection:
        path = staged.folder / "bench.duckdb"
        path.unlink(missing_ok=True)
        connection.execute(f"ATTACH {quoted(path, glob=False)} AS bench")
        connection.execute("USE bench")
        yield Bench(lake, staged, target, connection)


# The longest keys that the database holds. PostgreSQL keeps no NUL.
_LENGTHS = {
    **dict.fromkeys(("community", "author_id", "author_name", "other_id", "other_name", "member_id", "name"), 255),
    **dict.fromkeys(("community_name", "customer_id", "customer_name"), 255),
    **{"order_id": 120, "union_id": 120, "platform": 20, "source": 20},
}


def _cut(kind: Yields) -> str:
    columns = [name for name in (*SCHEMAS[kind].names, "source") if name in _LENGTHS]
    return ", ".join(f"left(replace({name}, chr(0), ''), {_LENGTHS[name]}) AS {name}" for name in columns)


# Whoever a shop knows by the phone alone is keyed by its hash, which nobody wants to read whole.
_NAMELESS = (
    "CASE WHEN starts_with(source, 'shop') AND starts_with(key, 'phone ') THEN '☎ ' || substr(key, 7, 6) ELSE key END"
)

_NOBODY = """
SELECT '' AS source, '' AS home, '' AS key, '' AS name, TIMESTAMPTZ '1970-01-01' AS seen, '' AS role,
  '' AS phone, '' AS union_id LIMIT 0
"""

_CALLED = """
CREATE OR REPLACE TEMP VIEW staged_{kind} AS
SELECT r.* REPLACE (coalesce(a.to_source, r.source) AS source, coalesce(a.to_key, '') AS community)
FROM raw_{kind} r {join} aliases a ON a.platform = {platform} AND a.community = r.community
WHERE a.to_key IS NOT NULL OR r.community = ''
"""

_WITHOUT_GONE = """
CREATE OR REPLACE TEMP VIEW drafts AS
SELECT d.* REPLACE (CASE WHEN o.key IS NULL THEN d.other ELSE '' END AS other)
FROM every_draft d LEFT JOIN gone o ON o.source = d.source AND o.home = d.other_home AND o.key = d.other
WHERE NOT EXISTS (FROM gone g WHERE g.source = d.source AND g.home = d.author_home AND g.key = d.author)
  AND NOT (d.kind = 'order' AND d.external IN (SELECT external FROM gone_orders))
"""

_BASES = """
CREATE OR REPLACE TABLE bases AS
SELECT position, kind, file, counted,
  sha256(concat_ws(chr(31), source, CASE WHEN community = '' THEN '{unit}' ELSE community END, kind, same)) AS base
FROM drafts
"""

_NUMBERED = """
CREATE OR REPLACE TABLE numbered AS
WITH occurrences AS (
  SELECT position, kind, base,
    CASE WHEN counted THEN row_number() OVER (PARTITION BY file, base ORDER BY position) ELSE 1 END AS n
  FROM bases
), named AS (
  SELECT position, kind, unhex(left(CASE WHEN n = 1 THEN base ELSE sha256(base || n) END, 32)) AS fact_id
  FROM occurrences
)
SELECT fact_id, min(position) AS position, arg_min(kind, position) AS kind FROM named GROUP BY fact_id
"""

_EXISTING = """
CREATE OR REPLACE TABLE existing_ids AS
SELECT f.fact_id, f.kind FROM numbered JOIN facts f USING (fact_id);
CREATE OR REPLACE TABLE new_ids AS
SELECT * FROM numbered ANTI JOIN existing_ids USING (fact_id)
"""

_FACTS = """
SELECT n.fact_id, d.kind, d.occurred_at,
  coalesce(d.day, (to_timestamp(epoch(d.occurred_at) + o.seconds))::DATE) AS local_day,
  CASE WHEN d.day IS NULL THEN hour(to_timestamp(epoch(d.occurred_at) + o.seconds)) END::TINYINT AS local_hour,
  CASE WHEN d.kind IN ('order', 'cost', 'exposed') THEN {unit_id} END::BIGINT AS unit,
  c.id AS community, a.id AS identity, b.id AS other, d.subject, d.amount, d.currency, d.quantity,
  d.text, d.external, d.meta, {import_id}::BIGINT AS import_id,
  strftime(coalesce(d.day, (to_timestamp(epoch(d.occurred_at) + o.seconds))::DATE), '%Y-%m') AS month
FROM new_ids n
JOIN drafts d USING (position, kind)
JOIN offsets o ON o.quarter = epoch(d.occurred_at)::BIGINT // 900
LEFT JOIN community_ids c ON c.source = d.source AND c.key = d.community
LEFT JOIN identity_ids a ON a.source = d.source AND a.home = d.author_home AND a.key = d.author
LEFT JOIN identity_ids b ON b.source = d.source AND b.home = d.other_home AND b.key = d.other
ORDER BY month, local_day, community, occurred_at
"""
