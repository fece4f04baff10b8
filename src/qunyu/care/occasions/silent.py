"""Gone silent: somebody who used to talk in a community, and was not seen there or elsewhere in its unit for a month while it went on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from qunyu.care.kind import Found, Kind, Window
from qunyu.kernel.words import Words
from qunyu.members.recurring_facts import gone_silent

DAYS, SPOKEN = 30, 5
# A community without data for longer than this cannot tell who is silent.
FRESH = timedelta(days=3)


def find(window: Window) -> Iterator[Found]:
    """Everybody, by community, whose silence reached the days on one of the days up to today; nobody is said to be silent in advance."""
    until = Window(window.first, min(window.last, window.today), window.today)
    rows = gone_silent(until.moments("last", DAYS), SPOKEN, window.start(window.today) - FRESH)
    for person, community, at, messages in rows:
        day = window.local(at) + timedelta(days=DAYS)
        yield Found(person, day, {"days": DAYS, "messages": messages}, subject=str(community), community=community)


KIND = Kind(
    key="silent",
    place=6,
    title=Words("久未出声", "Gone silent"),
    help=Words(
        f"说过至少 {SPOKEN} 句话，已 {DAYS} 天没有动静；数据不新的社群不算",
        f"said {SPOKEN} things or more, and was not seen for {DAYS} days; communities without fresh data do not count",
    ),
    icon="zzz",
    find=find,
    why=lambda evidence: Words(
        f"说过 {evidence['messages']} 句话，{evidence['days']} 天没有动静",
        f"said {evidence['messages']} things, not seen for {evidence['days']} days",
    ),
    openings={"": Words("{name}，好久没聊了，最近都好吗？", "{name}, we have not talked for a while. How are you?")},
)  # fmt: skip
