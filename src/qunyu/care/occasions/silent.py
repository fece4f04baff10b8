"""Gone silent: somebody who used to talk in a community, and was not seen there or elsewhere in its unit for many days while it went on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from qunyu.care.kind import DAYS, Found, Kind, Terms, Window
from qunyu.kernel.words import Words
from qunyu.members.recurring_facts import gone_silent
from qunyu.people.settings import Setting

SILENT = Setting("care.silent.days", Words("多少天没有动静", "Not seen for"), DAYS, 30, 7, 365, whole=True)
SPOKEN = Setting(
    "care.silent.spoken", Words("此前至少说过", "Had said at least"), Words("句话", "things"), 5, 1, 1_000, whole=True
)
# A community without data for longer than this cannot tell who is silent.
FRESH = timedelta(days=3)


def find(window: Window, terms: Terms) -> Iterator[Found]:
    """Everybody, by community, whose silence reached the days on one of the days up to today; nobody is said to be silent in advance."""
    until = Window(window.first, min(window.last, window.today), window.today)
    days, fresh = terms.of(SILENT), window.start(window.today) - FRESH
    rows = gone_silent(until.moments("last", days), terms.of(SPOKEN), fresh, terms.where("community__unit"))
    for person, community, at, messages in rows:
        since = window.local(at)
        told = {"days": days, "messages": messages, "since": since.isoformat()}
        yield Found(person, since + timedelta(days=days), told, subject=str(community), community=community)


KIND = Kind(
    key="silent",
    place=6,
    title=Words("久未出声", "Gone silent"),
    help=Words(
        "说过至少 {spoken} 句话，已 {days} 天没有动静；数据不新的社群不算",
        "said {spoken} things or more, and was not seen for {days} days; communities without fresh data do not count",
    ),
    icon="zzz",
    find=find,
    settings=(SILENT, SPOKEN),
    why=lambda evidence: Words(
        f"说过 {evidence['messages']} 句话，{evidence['days']} 天没有动静",
        f"said {evidence['messages']} things, not seen for {evidence['days']} days",
    ),
    openings={"": Words("{name}，好久没聊了，最近都好吗？", "{name}, we have not talked for a while. How are you?")},
)  # fmt: skip
