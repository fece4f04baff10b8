"""Sittings: how long somebody sat in the chat, estimated from when they spoke.

Messages in one community no more than GAP apart are one sitting; it lasts from its first message to its last and one minute more.
Reading without writing leaves no trace and is not counted; whoever keeps several chats open is counted in each, and once altogether.
"""

from __future__ import annotations

from qunyu.kernel.words import Words

GAP_MINUTES, AFTER_MINUTES = 10, 1
_MINUTE = 60_000_000

DEFINITION = Words(
    f"“估计在群分钟”：同一个群里相隔不超过 {GAP_MINUTES} 分钟的发言算一次在场，从第一条到最后一条再加 {AFTER_MINUTES} 分钟。只看不说不留痕迹，不计入；"
    "同时在几个群说话，每个群各算各的，合计时重叠的时间只算一次。",
    f"Estimated minutes in chat: messages in one community no more than {GAP_MINUTES} minutes apart are one sitting, which lasts from the first to "
    f"the last and {AFTER_MINUTES} minute more. Reading leaves no trace and is not counted; somebody in several chats at once is counted in each, and once in the total.",
)


def sittings(said: str) -> str:
    """SELECT of the sittings (staff, community, from_us, to_us: microseconds since 1970) over a relation of messages (staff, community, at_us)."""
    return f"""
SELECT staff, community, min(at_us) AS from_us, max(at_us) + {AFTER_MINUTES * _MINUTE} AS to_us FROM (
  SELECT *, count(*) FILTER (fresh) OVER (PARTITION BY staff, community ORDER BY at_us ROWS UNBOUNDED PRECEDING) AS n FROM (
    SELECT staff, community, at_us, coalesce(at_us - lag(at_us) OVER (PARTITION BY staff, community ORDER BY at_us) > {GAP_MINUTES * _MINUTE}, true) AS fresh
    FROM ({said})
  )
) GROUP BY staff, community, n
"""


def minutes_by_community(said: str) -> str:
    """SELECT of (staff, community, minutes, sittings) over messages."""
    return f"""
SELECT staff, community, sum(to_us - from_us)::BIGINT / {_MINUTE} AS minutes, count(*) AS sittings FROM ({sittings(said)}) GROUP BY ALL
"""


def minutes_altogether(said: str) -> str:
    """SELECT of (staff, minutes) over messages: sittings that overlap in several communities count once."""
    return f"""
SELECT staff, sum(until_us - from_us)::BIGINT / {_MINUTE} AS minutes FROM (
  SELECT staff, min(from_us) AS from_us, max(to_us) AS until_us FROM (
    SELECT *, count(*) FILTER (fresh) OVER (PARTITION BY staff ORDER BY from_us, to_us ROWS UNBOUNDED PRECEDING) AS n FROM (
      SELECT staff, from_us, to_us, coalesce(from_us > max(to_us) OVER (
        PARTITION BY staff ORDER BY from_us, to_us ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true) AS fresh
      FROM ({sittings(said)})
    )
  ) GROUP BY staff, n
) GROUP BY staff
"""
