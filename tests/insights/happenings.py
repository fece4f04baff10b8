"""Happenings: any small history of two communities, told whole or import by import, for laws of all that is computed from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from qunyu.events.lake import rollup
from qunyu.events.lake.schema import FACTS
from tests.insights.stories import Story, day, pairs

DAYS = 75
PEOPLE = 5
STAFF, BOT = 99, 98
TEXTS = (
    "早上好", "怎么泡白茶？", "请先把水烧到八十度再冲泡", "今天特价，限时抢购", "[强]", "广告太多，再见",
)  # fmt: skip
CHANNELS = ("海报", "朋友", "")
# Few minutes, so that facts of one time are common; over midnight and within ten minutes of one another.
MINUTES = (0, 5, 540, 549, 551, 600, 1200, 1435)
TALK = ("says",) * 6
COMING_AND_GOING = ("joins", "brings", "listed", "leaves", "removed", "unlisted", "renames")
MONEY = ("buys", "buys", "refunds", "costs", "shown")
ANY_DAY = st.one_of(st.integers(0, DAYS), st.sampled_from([10, 11, 12, 40, 41, 47]))


@dataclass(frozen=True)
class Act:
    """Person `who` (with `other`) does `what` in `community` on the day and in the minute with these numbers.

    Each person has an identity for each community, and another one under a new name. `word` chooses texts, channels and amounts;
    `id` is what the fact's own id is made of.
    """

    number: int
    minute: int
    who: int
    other: int
    community: int
    what: str
    word: int
    id: int = 0


def acts(
    *whats: str, least: int, most: int, days: st.SearchStrategy[int] = ANY_DAY, people: int = PEOPLE
) -> st.SearchStrategy[list[Act]]:
    """Between `least` and `most` acts of these kinds, told one from another by their ids."""
    one = st.builds(
        Act, days, st.sampled_from(MINUTES), st.integers(1, people), st.integers(1, people), st.integers(1, 2),
        st.sampled_from(whats), st.integers(0, len(TEXTS) - 1),
    )  # fmt: skip
    return st.lists(one, min_size=least, max_size=most).map(
        lambda found: [replace(act, id=place) for place, act in enumerate(found)]
    )


HISTORIES = acts(*TALK, "acts", *COMING_AND_GOING, *MONEY, least=25, most=60)
# Two people on three days: much of it in the same minute.
CROWDS = acts(*TALK, "acts", *COMING_AND_GOING * 2, *MONEY, least=25, most=50, days=st.integers(10, 12), people=2)


def on(number: int) -> date:
    """The day with that number."""
    return date.fromisoformat(day(number))


def later(history: Iterable[Act], cut: int, first_id: int = 1000) -> list[Act]:
    """The same happening on the day `cut` or later, up to two weeks after the last day of all, as facts of their own."""
    span = DAYS + 14 - cut
    return [replace(act, number=cut + act.number % span, id=first_id + act.id) for act in history]


def told(history: Iterable[Act], folder: str, import_id: int = 1) -> Story:
    """The history, between words of the staff on the first and the last day; a bot answers them."""
    story = Story(Path(folder))
    story.community(1, type="lead", unit=1)
    story.community(2, type="welfare", unit=1)
    story.person(STAFF, STAFF, "staff")
    story.person(BOT, BOT, "bot")
    for who in range(1, PEOPLE + 1):
        for identity in (10 * who + 1, 10 * who + 2, 100 + 10 * who + 1, 100 + 10 * who + 2):
            story.person(identity, who)
    for number in (0, DAYS):
        for community in (1, 2):
            stamp = f"{day(number)} 04:0{community}"
            story.says(STAFF, stamp, community, fact_id=fact_id(-10 * number - community), text="大家好")
            story.says(BOT, stamp, community, fact_id=fact_id(-1_000 - 10 * number - community), text="自动回复")
    for act in history:
        tell(story, act, import_id)
    return story


def fact_id(number: int) -> bytes:
    """Ids say nothing of the order in which facts came."""
    return sha256(str(number).encode()).digest()[:16]


def tell(story: Story, act: Act, import_id: int = 1) -> None:
    at = f"{day(act.number)} {act.minute // 60:02d}:{act.minute % 60:02d}"
    who, other = 10 * act.who + act.community, 10 * act.other + act.community
    common: dict[str, Any] = {"fact_id": fact_id(act.id), "import_id": import_id}
    where = {"community": act.community, "identity": who, **common}
    match act.what:
        case "says":
            story.says(who, at, act.community, TEXTS[act.word], **common)
        case "acts":
            story.fact("action", at, **where)
        case "joins" | "brings":
            story.fact("joined", at, **where, other=other if act.what == "brings" else None)
        case "listed" | "unlisted":
            channel = CHANNELS[act.word % 3] if act.what == "listed" else ""
            story.fact(act.what, at, **where, subject=channel, quantity=1)
        case "leaves" | "removed":
            story.fact("left", at, **where, other=STAFF if act.what == "removed" else None)
        case "renames":
            story.fact("renamed", at, **where, other=100 + who)
        case "buys" | "refunds":
            subject = "paid" if act.what == "buys" else "refunded"
            story.buys(who, at, 100 * (1 + act.word), subject=subject, **common)
        case "costs":
            story.costs(50 * (1 + act.word), at, community=act.community, **common)
        case _:
            story.shown(10 * (1 + act.word), at, subject=CHANNELS[act.word % 2], community=act.community, **common)


def imported(story: Story, facts: Sequence[dict[str, Any]]) -> None:
    """Adds the facts to the story's lake as an import does: append, then renew the days they are of."""
    table = pa.Table.from_pylist(list(facts), schema=FACTS)
    story.lake.append("facts", table.to_reader())
    rollup.refresh(story.lake, pairs(table))


def plain(found: Any) -> Any:
    """An answer as numbers, texts and their containers, floats to nine digits: sums in another order may differ beyond."""
    if isinstance(found, float | np.floating):
        return None if np.isnan(found) else float(f"{found:.9g}")
    if isinstance(found, np.ndarray):
        return [plain(each) for each in found]
    if is_dataclass(found) and not isinstance(found, type):
        return {each.name: plain(getattr(found, each.name)) for each in fields(found)}
    if isinstance(found, dict):
        return {key: plain(each) for key, each in found.items()}
    return [plain(each) for each in found] if isinstance(found, list | tuple) else found
