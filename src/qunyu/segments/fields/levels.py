"""Levels: where somebody stands on the ladder of a programme; bars know no segments, so a level never goes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from qunyu.kernel.words import Words
from qunyu.loyalty.sets import by_programme, ladders, standing_in
from qunyu.segments.rules.vocabulary import FieldSpec
from qunyu.segments.source import Asking, Source, those

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.segments.rules.tree import Field

GROUP, TITLE = Words("积分与等级", "Points and levels"), Words("等级", "level")
PREFIX = "level."


def fields(scope: Scope) -> list[FieldSpec]:
    """The level in each programme with levels that counts where people may be seen."""
    narrow = scope.within("members.view")
    titles, steps = by_programme(narrow, TITLE), ladders(narrow)
    return [
        FieldSpec(f"{PREFIX}{key}", title, "choice", GROUP, steps[key]) for key, title in titles.items() if key in steps
    ]


def answer(asking: Asking, leaf: Field, spec: FieldSpec) -> Q:
    """The members of whom the condition is true."""
    return those(standing_in(leaf.field.removeprefix(PREFIX), None if leaf.op == "known" else leaf.values))


SOURCE = Source(9, fields, answer=answer)
