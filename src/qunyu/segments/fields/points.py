"""Points: how many somebody can spend, in each programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from qunyu.kernel.words import Words
from qunyu.loyalty.sets import by_programme, points_of
from qunyu.segments.rules.vocabulary import FieldSpec
from qunyu.segments.source import Asking, Source, number_between, those

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.segments.rules.tree import Field

GROUP, TITLE = Words("积分与等级", "Points and levels"), Words("积分", "points")
PREFIX, PERSON = "points.", "member__own_identity__member"
HELP = Words(
    "能花的积分，合并的身份合计；从没得过积分的人为未知",
    "what can be spent, over all that somebody is; unknown of whoever never had any",
)


def fields(scope: Scope) -> list[FieldSpec]:
    """The points of each programme that counts where people may be seen."""
    found = by_programme(scope.within("members.view"), TITLE)
    return [FieldSpec(f"{PREFIX}{key}", title, "number", GROUP, help=HELP) for key, title in found.items()]


def answer(asking: Asking, leaf: Field, spec: FieldSpec) -> Q:
    """The members of whom the condition is true."""
    rows = points_of(leaf.field.removeprefix(PREFIX), asking.today)
    return those((rows if leaf.op == "known" else rows.filter(number_between("figure", leaf))).values(PERSON))


SOURCE = Source(8, fields, answer=answer)
