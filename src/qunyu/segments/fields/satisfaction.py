"""Satisfaction: the score that the user type weighs, and the mean of what somebody said of us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from qunyu.insights.label import labels
from qunyu.kernel.words import Words
from qunyu.members.labels import scored
from qunyu.satisfaction.queries import mean_scores
from qunyu.segments.rules.vocabulary import FieldSpec
from qunyu.segments.source import Asking, Source, number_between, those

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.segments.rules.tree import Field

GROUP = Words("满意度", "Satisfaction")
SCORE, OPINIONS = "satisfaction", "opinion_score"
LABEL, PERSON = "user_type", "member__own_identity__member"
WEIGHED = Words(
    "用户类型里的满意度，0 至 100：订单、退款与评价一起算；数据不足的人为未知",
    "the score of the user type, 0 to 100, of orders, refunds and opinions; unknown where the type is",
)
SAID = Words(
    "对方所给评价的平均分，0 至 100，撤回的不计", "the mean of what somebody said, 0 to 100, but what was taken back"
)


def fields(scope: Scope) -> list[FieldSpec]:
    """Both scores, from 0 to 100."""
    return [
        FieldSpec(SCORE, Words("满意度", "satisfaction"), "number", GROUP, needs=labels()[LABEL].needs, help=WEIGHED),
        FieldSpec(OPINIONS, Words("评价均分", "opinion score"), "number", GROUP, help=SAID),
    ]


def answer(asking: Asking, leaf: Field, spec: FieldSpec) -> Q:
    """The members of whom the condition is true."""
    if leaf.field == SCORE:
        rows, person = scored(asking.scope.within("members.view"), LABEL, SCORE).exclude(value="unknown"), "member"
    else:
        rows, person = mean_scores(), PERSON
    return those((rows if leaf.op == "known" else rows.filter(number_between("score", leaf))).values(person))


def needs(key: str) -> str:
    """What it takes to know the user type."""
    return labels()[LABEL].needs if key == SCORE else ""


SOURCE = Source(10, fields, answer=answer, needs=needs)
