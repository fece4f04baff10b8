"""Checks: what an import's drafts contradict, in the lake or among themselves; to be asked when the bench has numbered them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from qunyu.events.lake import speech
from qunyu.events.lake.bench import Bench
from qunyu.events.problems import Problem

# As many contradictions of one kind as a person reads.
MOST = 100


def contradictions(bench: Bench) -> Iterator[Problem]:
    """Everything that is told in two ways."""
    yield from _exports_disagree(bench)
    yield from _files_disagree(bench)
    yield from _messages_differ(bench)
    yield from _repeated_ids(bench)
    yield from _order_conflicts(bench)


def _exports_disagree(bench: Bench) -> Iterator[Problem]:
    """Only talk without the platform's ids can disagree as a whole; with ids, what is missing on one side is simply added."""
    for name, first, last, only_new, only_old in _rows(bench, _EXPORTS):
        yield Problem("exports_disagree", "", 0, _data(name, first, last, only_new=only_new, only_old=only_old))


def _files_disagree(bench: Bench) -> Iterator[Problem]:
    if not bench.staged.rows["chat"]:
        return
    bench.connection.execute(_OVERLAPS)
    if not _rows(bench, "SELECT 1 FROM common_times LIMIT 1"):
        return
    files = bench.staged.files
    for name, one, other, first, last, only_one, only_other in _rows(bench, _FILES):
        data = _data(name, first, last, only_one=only_one, only_other=only_other)
        yield Problem("files_disagree", files[other], 0, {**data, "one": files[one], "other": files[other]})


def _messages_differ(bench: Bench) -> Iterator[Problem]:
    """Messages with the platform's ids that the lake holds with another text or author."""
    if not _rows(bench, "SELECT 1 FROM existing_ids LIMIT 1"):
        return
    for name, count in _rows(bench, _DIFFERING):
        yield Problem("messages_differ", "", 0, {"value": name, "n": str(count)})


def _repeated_ids(bench: Bench) -> Iterator[Problem]:
    if bench.staged.rows["chat"]:
        for file, line, value in _rows(bench, _REPEATED):
            yield Problem("duplicate_id", bench.staged.files[file], line, {"value": value})


def _order_conflicts(bench: Bench) -> Iterator[Problem]:
    if bench.staged.rows["orders"]:
        for file, line, value in _rows(bench, _CONFLICTS):
            yield Problem("order_conflict", bench.staged.files[file], line, {"value": value})


def _rows(bench: Bench, sql: str) -> list[tuple[Any, ...]]:
    return bench.connection.execute(sql).fetchall()


def _data(name: str, first: date, last: date, **counts: int) -> dict[str, str]:
    return {"value": name, "first": str(first), "last": str(last), **{key: str(n) for key, n in counts.items()}}


_EXPORTS = """
WITH here AS (
  SELECT c.id AS community, d.occurred_at, n.fact_id, w.fact_id IS NOT NULL AS new
  FROM numbered n JOIN drafts d USING (position, kind)
  JOIN community_ids c ON c.source = d.source AND c.key = d.community
  LEFT JOIN new_ids w USING (fact_id)
  WHERE d.kind = 'message' AND d.external = ''
), there AS (
  SELECT community, occurred_at, fact_id FROM facts f
  WHERE kind = 'message' AND external = '' AND community IN (SELECT DISTINCT community FROM here)
), shared AS (
  SELECT h.community, greatest(min(h.occurred_at), min(t.low)) AS low, least(max(h.occurred_at), min(t.high)) AS high
  FROM here h JOIN (SELECT community, min(occurred_at) AS low, max(occurred_at) AS high FROM there GROUP BY 1) t
  USING (community) GROUP BY h.community
), counted AS (
  SELECT s.community, s.low, s.high,
    (SELECT count(*) FROM here h WHERE h.community = s.community AND h.new
       AND h.occurred_at >= s.low AND h.occurred_at < s.high) AS only_new,
    (SELECT count(*) FROM there t ANTI JOIN numbered USING (fact_id) WHERE t.community = s.community
       AND t.occurred_at >= s.low AND t.occurred_at < s.high) AS only_old
  FROM shared s WHERE s.low < s.high
)
SELECT k.name, low::DATE, high::DATE, only_new, only_old
FROM counted JOIN community_ids c ON c.id = counted.community
JOIN named_communities k ON k.source = c.source AND k.community = c.key
WHERE only_new + only_old > 0 ORDER BY ALL
"""

# Pairs of files of this import that tell of one community without ids over a common time.
_OVERLAPS = """
CREATE OR REPLACE TEMP TABLE common_times AS
WITH spans AS (
  SELECT source, community, file, min(occurred_at) AS low, max(occurred_at) AS high FROM drafts
  WHERE kind = 'message' AND external = '' GROUP BY ALL
)
SELECT a.source, a.community, a.file AS one, b.file AS other, greatest(a.low, b.low) AS low, least(a.high, b.high) AS high
FROM spans a JOIN spans b ON b.source = a.source AND b.community = a.community AND a.file < b.file
WHERE greatest(a.low, b.low) < least(a.high, b.high)
"""

_FILES = f"""
WITH told AS (
  SELECT d.source, d.community, d.occurred_at, b.file, b.base,
    row_number() OVER (PARTITION BY b.file, b.base ORDER BY b.position) AS n
  FROM bases b JOIN drafts d ON d.position = b.position AND d.kind = b.kind
  SEMI JOIN common_times o ON o.source = d.source AND o.community = d.community
  WHERE d.kind = 'message' AND d.external = ''
), sides AS (
  SELECT o.*, t.file = o.other AS other_side,
    count(*) OVER (PARTITION BY o.source, o.community, o.one, o.other, t.base, t.n) AS files
  FROM common_times o JOIN told t ON t.source = o.source AND t.community = o.community
    AND t.file IN (o.one, o.other) AND t.occurred_at >= o.low AND t.occurred_at < o.high
), counted AS (
  SELECT source, community, one, other, low, high,
    count(*) FILTER (NOT other_side) AS only_one, count(*) FILTER (other_side) AS only_other
  FROM sides WHERE files = 1 GROUP BY ALL
)
SELECT k.name, one, other, low::DATE, high::DATE, only_one, only_other
FROM counted c JOIN named_communities k ON k.source = c.source AND k.community = c.community ORDER BY ALL LIMIT {MOST}
"""

_DIFFERING = f"""
SELECT k.name, count(*) FROM existing_ids e JOIN facts f USING (fact_id) JOIN numbered n USING (fact_id)
JOIN drafts d ON d.position = n.position AND d.kind = n.kind
JOIN named_communities k ON k.source = d.source AND k.community = d.community
LEFT JOIN identity_ids a ON a.source = d.source AND a.home = d.author_home AND a.key = d.author
WHERE d.kind = 'message' AND d.external <> '' AND (f.text <> d.text AND coalesce(f.quantity & {speech.MENDED}, 0) = 0 OR f.identity IS DISTINCT FROM a.id)
GROUP BY ALL ORDER BY ALL
"""

_REPEATED = f"""
SELECT arg_max(file, position), arg_max(line, position), message_id FROM staged_chat
WHERE message_id <> '' GROUP BY source, community, kind, message_id
HAVING count(DISTINCT text) > 1 OR count(DISTINCT CASE WHEN author_id <> '' THEN author_id ELSE author_name END) > 1
ORDER BY ALL LIMIT {MOST}
"""

_CONFLICTS = f"""
SELECT arg_max(file, position), arg_max(line, position), order_id FROM staged_orders
WHERE order_id <> '' AND customer_id <> '' GROUP BY order_id HAVING count(DISTINCT customer_id) > 1 ORDER BY ALL LIMIT {MOST}
"""
