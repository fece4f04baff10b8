"""Level days: who came up to a level on a day, and whose standing ends on one, as sets for whoever looks for occasions.

They show nothing by themselves: who shows what was found narrows it to the people and programmes a scope may see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import groupby, islice
from operator import or_

from django.db.models import Exists, F, Min, OuterRef, Q

from qunyu.kernel.words import Words
from qunyu.loyalty.levels import bars_of, said
from qunyu.loyalty.models import Level, LevelChange, Programme, Standing
from qunyu.loyalty.rules.levels import Bar, Figures, reached
from qunyu.loyalty.standing import CHUNK, figures_of

BOTH, EITHER = Words("，且", ", and "), Words("，或", ", or ")
PERSON = "member__own_identity__member"


@dataclass(frozen=True)
class Raised:
    """A person (primary key) who came up to a level of a programme on a day; `unit` is the programme's."""

    person: int
    day: date
    level: str
    programme: int
    unit: int


def raised(when: Q) -> Iterator[Raised]:
    """Everybody who came up to a level and still stands there or above, the earliest first; `when` narrows `day`.

    The first day of a ladder, on which it places everybody, raises nobody; nor does a level without bars, unless it was given by hand.
    """
    stands = Standing.objects.filter(
        programme=OuterRef("programme"), member=OuterRef(PERSON), level__position__gte=OuterRef("after__position")
    )
    up = Q(before=None) | Q(before__position__lt=F("after__position"))
    asking = [each.pk for each in Level.objects.all() if each.bars]
    alive = {f"{PERSON}__erased": False, f"{PERSON}__role": "member"}
    rows = LevelChange.objects.filter(when, up, _later(), Q(why="grant") | Q(after__in=asking), Exists(stands), **alive)
    told = rows.order_by("at", "id").values_list(PERSON, "day", "after__name", "programme", "programme__unit")
    yield from (Raised(*each) for each in told.iterator())


def _later() -> Q:
    """Changes after the first day of their ladder."""
    began = LevelChange.objects.order_by().values_list("programme").annotate(day=Min("day"))
    return reduce(or_, (Q(programme=programme, day__gt=day) for programme, day in began), Q(pk__in=()))


@dataclass(frozen=True)
class Ending:
    """A person (primary key) whose standing on a level is over after `until`, as things are now; `keeps` says what keeps it."""

    person: int
    until: date
    level: str
    keeps: Words
    programme: int
    unit: int


def ending(when: Q, today: date) -> Iterator[Ending]:
    """Everybody whose standing ends and who does not meet by now what keeps it; `when` narrows `until`."""
    rows = Standing.objects.filter(when, member__erased=False, member__role="member")
    told = rows.select_related("level", "programme").order_by("programme", "id")
    for programme, mine in groupby(told.iterator(), key=lambda row: row.programme):
        while chunk := list(islice(mine, CHUNK)):
            figures = figures_of(programme, [row.member_id for row in chunk], today)
            yield from _lost(programme, chunk, figures)


def _lost(programme: Programme, rows: Sequence[Standing], figures: Mapping[int, Figures]) -> Iterator[Ending]:
    for row in rows:
        bars, keep = bars_of(row.level)
        # What was given by hand stays to whoever would come in.
        asked = keep if keep and row.base_id == row.level_id else bars
        kept = any(reached(each, row.level.every, figures[row.member_id]) for each in (bars, asked))
        if row.until is not None and not kept:
            words = said_together(asked, row.level.every)
            yield Ending(row.member_id, row.until, row.level.name, words, programme.pk, programme.unit_id)


def said_together(bars: Sequence[Bar], every: bool) -> Words:
    """The bars in words: all of them, or one."""
    words, between = said(bars), BOTH if every else EITHER
    return Words(between.zh.join(each.zh for each in words), between.en.join(each.en for each in words))
