"""What people said as figures: for the labels and the board, and for the page about satisfaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db.models import Avg, Count, F, Q, QuerySet, Sum

from qunyu.insights.providers import OPINIONS
from qunyu.kernel.once import once
from qunyu.kernel.scope import Scope
from qunyu.satisfaction.models import Opinion, Reply, Survey
from qunyu.satisfaction.opinions import opinions


def dimension(scope: Scope) -> pa.Table:
    """member (the person now), day, score, kind and likely of every opinion that stands; whose figures show is the insights' matter."""
    somebody = Opinion.objects.filter(withdrawn_at=None, member__own_identity__isnull=False)
    likely = _likely()
    rows = somebody.values_list("member__own_identity__member", "at", "score", "kind", "reply")
    told = [
        (member, at.astimezone(settings.QUNYU_ZONE).date(), score, kind, likely.get(reply))
        for member, at, score, kind, reply in rows
    ]
    columns = list(zip(*told, strict=True)) or [()] * len(OPINIONS)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, OPINIONS, strict=True)], schema=OPINIONS
    )


def _likely() -> dict[int, int]:
    """How likely each answered that they would recommend us: of several such questions the first that was answered."""
    asking = {
        survey: [str(number) for number, each in enumerate(questions, 1) if each.get("kind") == "likely"]
        for survey, questions in Survey.objects.values_list("pk", "questions")
    }
    rows = Reply.objects.filter(survey__in=[key for key, numbers in asking.items() if numbers], ask__isnull=False)
    found: dict[int, int] = {}
    for key, survey, answers in rows.values_list("pk", "survey", "answers"):
        said = [answers[number] for number in asking[survey] if isinstance(answers.get(number), int)]
        if said:
            found[key] = said[0]
    return found


@once
def state() -> tuple[object, ...]:
    """What differs whenever `dimension` does, but for who is whom: sums over the opinions that stand."""
    stand = Opinion.objects.filter(withdrawn_at=None)
    return tuple(stand.aggregate(n=Count("pk"), keys=Sum("pk"), scores=Sum(F("pk") * F("score"))).values())


def mean_scores() -> QuerySet[Any, Any]:
    """The people (member__own_identity__member) who said something that stands, and `score`: its mean, 0 to 100, over all that they are.

    It shows nothing by itself: who combines it with other sets narrows the result to the people a scope may see.
    """
    stand = Opinion.objects.filter(withdrawn_at=None, member__own_identity__isnull=False).order_by()
    return stand.values("member__own_identity__member").annotate(score=Avg("score"))


@dataclass(frozen=True)
class Content:
    """How content people said they were in some time: `score` is the mean of 0 to 100, None where nobody said anything; `people` who did."""

    score: float | None
    people: int
    ratings: int
    praise: int
    complaints: int


def content(scope: Scope, *, since: datetime, until: datetime) -> Content:
    """What people whom `scope` may see said from `since` until before `until`."""
    found = opinions(scope).filter(at__gte=since, at__lt=until).order_by().aggregate(
        score=Avg("score"),
        people=Count("head_id", distinct=True),
        ratings=Count("id", filter=Q(kind__in=("rating", "survey"))),
        praise=Count("id", filter=Q(kind="praise")),
        complaints=Count("id", filter=Q(kind="complaint")),
    )  # fmt: skip
    return Content(**found)
