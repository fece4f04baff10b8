"""A lake of any size made without an import: communities that people join, talk in and leave, and what they buy, for one year.

Everything the metrics look at occurs: unseen, seen and brought joins, lists, renamings, two accounts of one person, staff and bots, stickers, thanks,
repeats, orders told twice, refunds, two currencies, costs of communities and of everybody. The same size gives the same facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qunyu.events.lake.schema import FACTS
from qunyu.events.lake.store import Lake

FIRST = date(2025, 1, 1)
DAYS = 365
DAY = 86_400_000_000
SHANGHAI = 8 * 3_600_000_000
EPOCH_DAY = (FIRST - date(1970, 1, 1)).days
MONTHS = [
    ((date(2025, m, 1) - FIRST).days, ((date(2025, m + 1, 1) if m < 12 else date(2026, 1, 1)) - FIRST).days)
    for m in range(1, 13)
]
Columns = dict[str, np.ndarray]


@dataclass
class Town:
    """Who is where: one row per membership, `start` and `end` being the days of coming (-1: before the year) and going (DAYS: stays)."""

    communities: int
    people: int
    identity: np.ndarray
    community: np.ndarray
    start: np.ndarray
    end: np.ndarray
    weight: np.ndarray


def make(folder: Path, facts: int, people: int | None = None) -> None:
    """Writes facts into the lake `folder`/lake and the dimensions beside it; nothing when they are there already."""
    if (folder / "identities.parquet").exists():
        return
    town = settle(facts, people or max(100, facts * 12 // 1_000))
    lake = Lake(folder / "lake")
    lake.append("facts", pa.RecordBatchReader.from_batches(FACTS, _batches(town, facts)))
    _write_dimensions(town, folder)


def settle(facts: int, people: int) -> Town:
    """The people of a lake of that many facts: a tenth with a second account, half in two communities."""
    random = np.random.default_rng(20_250_101)
    communities = max(4, min(200, facts // 5_000))
    accounts = people + people // 10
    identity = np.concatenate([np.arange(1, accounts + 1), random.integers(1, accounts + 1, accounts // 2)])
    community = 1 + (communities * random.random(len(identity)) ** 1.5).astype(np.int64)
    pairs = np.unique(np.stack([identity, community], axis=1), axis=0)
    count = len(pairs)
    start = np.where(random.random(count) < 0.45, -1, random.integers(0, DAYS - 5, count))
    stay = 1 + (random.exponential(90, count)).astype(np.int64)
    end = np.where(random.random(count) < 0.25, np.minimum(np.maximum(start, 0) + stay, DAYS), DAYS)
    return Town(communities, people, pairs[:, 0], pairs[:, 1], start, end, random.pareto(1.2, count) + 0.05)


def _write_dimensions(town: Town, folder: Path) -> None:
    accounts = np.arange(1, int(town.identity.max()) + 1)
    members = np.where(accounts > town.people, accounts - town.people, accounts)
    roles = np.select(
        [members % 500 == 0, members % 1000 == 1, members % 1000 == 2], ["staff", "bot", "atmosphere"], "member"
    )
    ids = np.arange(1, town.communities + 1)
    names = {name: [f"{name} {id % 5}" for id in ids] for name in ("platform", "type", "theme")}
    communities = {
        "community": ids,
        "unit": np.ones(len(ids), np.int64),
        **names,
        "name": [f"community {id}" for id in ids],
    }
    pq.write_table(pa.table(communities), folder / "communities.parquet")
    pq.write_table(pa.table({"identity": accounts, "member": members, "role": roles}), folder / "identities.parquet")


def _batches(town: Town, facts: int) -> Iterator[pa.RecordBatch]:
    random = np.random.default_rng(7)
    chooser = np.cumsum(town.weight) / town.weight.sum()
    said = 0
    for month, (first, last) in enumerate(MONTHS, 1):
        wanted = int(facts * 0.965 * last / DAYS) - said
        said += wanted
        parts = [
            _talk(town, random, chooser, (first, last), wanted),
            *_movements(town, random, (first, last)),
            _orders(town, random, (first, last), int(facts * 0.012 / 12)),
            _costs(town, (first, last)),
        ]
        yield from _table(parts, random, month).to_batches(max_chunksize=100_000)


def _talk(town: Town, random: np.random.Generator, chooser: np.ndarray, span: tuple[int, int], wanted: int) -> Columns:
    """Messages (and some actions, notices, recalls) of people on days between their coming and going."""
    kept: list[np.ndarray] = []
    days: list[np.ndarray] = []
    while sum(map(len, kept)) < wanted:
        who = np.searchsorted(chooser, random.random(wanted // 2 + 1_000))
        day = random.integers(*span, len(who))
        here = (day >= town.start[who]) & (day < town.end[who])
        kept.append(who[here])
        days.append(day[here])
    who, day = np.concatenate(kept)[:wanted], np.concatenate(days)[:wanted]
    kind = np.select(
        [(dice := random.random(wanted)) < 0.005, dice < 0.01, dice < 0.012],
        ["action", "notice", "recalled"],
        "message",
    )
    return {
        "kind": kind,
        "at": day * DAY + 7 * 3_600_000_000 + random.integers(0, 61_200_000_000, wanted),
        "community": town.community[who],
        "identity": town.identity[who],
        "subject": np.select(
            [(dice := random.random(wanted)) < 0.05, dice < 0.09, dice < 0.1],
            ["image", "sticker", "red_packet"],
            "text",
        ),
        "said": (random.random(wanted) ** 2 * len(_PHRASES)).astype(np.int64),
        "numbered": random.random(wanted) < 0.4,
    }


def _movements(town: Town, random: np.random.Generator, span: tuple[int, int]) -> Iterator[Columns]:
    """Comings (in chats and in lists), goings, comings again and renamings of the month."""
    came = (town.start >= span[0]) & (town.start < span[1])
    yield _moves(town, random, came, town.start, Move(("joined", "joined", "joined", "joined", "listed"), brought=True))
    if span[0] == 0:
        undated = (town.start < 0) & (town.identity % 7 == 0)
        yield _moves(town, random, undated, np.zeros_like(town.start), Move(("listed",), dated=0))
    gone = (town.end >= span[0]) & (town.end < span[1])
    yield _moves(town, random, gone, town.end, Move(("left", "left", "left", "unlisted"), hour=15))
    back = town.end + 9
    again = (back >= span[0]) & (back < span[1]) & (town.end < DAYS) & (town.identity % 6 == 0)
    yield _moves(town, random, again, back, Move(("joined",)))
    renamed = came & (town.identity % 97 == 0)
    yield _moves(town, random, renamed, town.start, Move(("renamed",), hour=16, other=True))


@dataclass(frozen=True)
class Move:
    """What kinds of facts (by identity, in turn), at which hour; whether a list tells the day; whether the new name's owner, or for
    every third of those who join an inviter, is named."""

    kinds: tuple[str, ...]
    hour: int = 0
    dated: int = 1
    other: bool = False
    brought: bool = False


def _moves(town: Town, random: np.random.Generator, which: np.ndarray, days: np.ndarray, how: Move) -> Columns:
    identity = town.identity[which]
    kind = np.array(how.kinds)[identity % len(how.kinds)]
    found: Columns = {
        "kind": kind,
        "at": days[which] * DAY + how.hour * 3_600_000_000 + random.integers(0, 3_600_000_000, len(identity)),
        "community": town.community[which],
        "identity": identity,
        "quantity": np.where(np.char.endswith(kind, "listed"), how.dated, -1),
    }
    if not (how.other or how.brought):
        return found
    named = (kind == "joined") & (identity % 3 == 0) | how.other
    return found | {
        "other": np.where(named, identity * 7 % town.people + 1 if how.brought else identity % town.people + 1, -1)
    }


def _orders(town: Town, random: np.random.Generator, span: tuple[int, int], count: int) -> Columns:
    """Orders of people of whom a tenth is unknown; one in a hundred is told again by a second import, as refunded."""
    at = random.integers(*span, count) * DAY + random.integers(0, DAY, count)
    buyer = town.identity[(len(town.identity) * random.random(count) ** 1.4).astype(np.int64)]
    amount = random.integers(990, 50_000, count)
    twice = np.arange(count) % 100 == 0
    whole = np.concatenate([np.arange(count), np.flatnonzero(twice)])
    second = np.arange(len(whole)) >= count
    state = np.select(
        [(dice := random.random(count)) < 0.05, dice < 0.1, dice < 0.15], ["refunded", "cancelled", "unpaid"], "paid"
    )[whole]
    return {
        "kind": np.full(len(whole), "order"),
        "at": at[whole],
        "identity": np.where(random.random(count) < 0.1, -1, buyer)[whole],
        "subject": np.where(second, "refunded", state),
        "amount": amount[whole],
        "currency": np.where(random.random(count) < 0.03, "USD", "CNY")[whole],
        "quantity": np.where(random.random(count) < 0.02, amount // 2, 0)[whole],
        "unit": np.ones(len(whole), np.int64),
        "number": whole + span[0] * 1_000_000,
        "import_id": np.where(second, 2, 1),
    }


def _costs(town: Town, span: tuple[int, int]) -> Columns:
    """Every week the cost and the exposures of each community, and the costs of the whole unit (community -1)."""
    weeks = np.array([day for day in range(*span) if day % 7 == 0] or [span[0]])
    places = np.concatenate([np.arange(1, town.communities + 1), [-1]])
    day, place = (each.ravel() for each in np.meshgrid(weeks, places))
    half = len(day)
    return {
        "kind": np.repeat(np.array(["cost", "exposed"]), half),
        "at": np.tile(day, 2) * DAY,
        "community": np.tile(place, 2),
        "subject": np.where(np.tile(place, 2) % 2 == 0, "poster", "moments"),
        "amount": np.concatenate([5_000 + day * 13 + place * 7, np.full(half, -1)]),
        "currency": np.repeat(np.array(["CNY", ""]), half),
        "quantity": np.concatenate([np.full(half, -1), 300 + day + place]),
        "unit": np.ones(2 * half, np.int64),
    }


def _table(parts: list[Columns], random: np.random.Generator, month: int) -> pa.Table:
    """The parts under one another in the lake's order and columns; -1 stands for nothing."""
    sizes = [len(part["kind"]) for part in parts]

    def column(name: str, nothing: object) -> np.ndarray:
        return np.concatenate([part.get(name, np.full(size, nothing)) for part, size in zip(parts, sizes, strict=True)])

    at, community = column("at", 0), column("community", -1)
    order = np.lexsort((at, community, at // DAY))
    total, day = len(order), (at // DAY)[order]
    number = np.where((given := column("number", -1)) < 0, np.arange(total) + month * 100_000_000, given)[order]
    kinds = column("kind", "")[order]
    columns = {
        "fact_id": pa.Array.from_buffers(pa.binary(16), total, [None, pa.py_buffer(random.bytes(16 * total))]).cast(
            pa.binary()
        ),
        "kind": pa.array(kinds),
        "occurred_at": pa.array(at[order] + EPOCH_DAY * DAY - SHANGHAI).cast(pa.timestamp("us", tz="UTC")),
        "local_day": pa.array((day + EPOCH_DAY).astype(np.int32)).cast(pa.date32()),
        "local_hour": pa.array((at[order] % DAY // 3_600_000_000).astype(np.int8)),
        **{
            name: _known(column(name, -1)[order])
            for name in ("unit", "community", "identity", "other", "amount", "quantity")
        },
        "subject": pa.array(column("subject", "")[order]),
        "currency": pa.array(column("currency", "")[order]),
        "text": _text(column("said", -1)[order], column("numbered", False)[order], number),
        "external": pc.binary_join_element_wise(
            pc.if_else(pa.array(kinds == "order"), "o", "m"), pa.array(number).cast(pa.string()), ""
        ),
        "meta": pa.nulls(total, pa.string()),
        "import_id": pa.array(column("import_id", 1)[order]),
        "month": pa.repeat(pa.scalar(f"2025-{month:02d}"), total),
    }
    return pa.table({name: columns[name] for name in FACTS.names}).cast(FACTS)


def _known(values: np.ndarray) -> pa.Array:
    return pa.array(values, pa.int64(), mask=values < 0)


def _text(said: np.ndarray, numbered: np.ndarray, number: np.ndarray) -> pa.Array:
    """Phrases, some made different from all others by a number; nothing for facts that are no talk."""
    phrases = pa.array([*_PHRASES, ""]).take(pa.array(np.where(said < 0, len(_PHRASES), said)))
    unique = pc.binary_join_element_wise(phrases, pa.array(number).cast(pa.string()), " 第")
    return pc.if_else(pa.array(numbered & (said >= 0)), unique, phrases)


_SHORT = (
    "谢谢老板",
    "谢谢",
    "👍👍",
    "[强]",
    "。。。",
    "666",
    "哈哈哈",
    "好的",
    "收到",
    "来了",
    "+1",
    "?",
    "早上好",
    "晚安",
    "多谢群主的红包！",
)
_HOW = (
    "怎么泡才好喝呢？",
    "还有货吗，想要两盒",
    "今天到了，味道真不错",
    "和上次的比起来淡了一点",
    "周末有活动吗？",
    "能开发票吗",
    "送人合适吗，给长辈的",
    "保质期多久啊",
)
_LONG = tuple(
    f"{who}{what}{how}"
    for who in ("请问", "老板，", "各位茶友，", "昨天买的", "听说", "新到的", "我家的", "群里的")
    for what in ("冷泡茶", "岩茶", "白茶饼", "礼盒", "盖碗", "体验装", "桂花乌龙", "陈皮白茶", "茉莉银针", "冷萃壶")
    for how in _HOW
)
_PHRASES = (*_SHORT, *_LONG)
