"""What people said as figures: for the labels, and for the page about satisfaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from django.conf import settings
from django.db.models import Avg, Count, Q

from qunyu.insights.providers import OPINIONS
from qunyu.kernel.scope import Scope
from qunyu.satisfaction.models import Opinion
from qunyu.satisfaction.opinions import opinions


def dimension(scope: Scope) -> pa.Table:
    """member (the person now), day, score of every opinion that stands; whose labels show is the members' matter."""
    somebody = Opinion.objects.filter(withdrawn_at=None, member__own_identity__isnull=False)
    rows = somebody.values_list("member__own_identity__member", "at", "score")
    told = [(member, at.astimezone(settings.QUNYU_ZONE).date(), score) for member, at, score in rows]
    columns = list(zip(*told, strict=True)) or [()] * len(OPINIONS)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, OPINIONS, strict=True)], schema=OPINIONS
    )


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
