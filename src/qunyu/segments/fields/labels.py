"""Labels: tier, stage, user type and what else is said of everybody, and since when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from qunyu.insights.label import labels
from qunyu.kernel.words import Words
from qunyu.members.labels import said
from qunyu.segments.rules.vocabulary import FieldSpec
from qunyu.segments.source import Asking, Source, those

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.segments.rules.tree import Field

GROUP = Words("分层与类型", "Labels")
SINCE = ".since"


def fields(scope: Scope) -> list[FieldSpec]:
    """Each label, and the day since which it says so."""
    found = []
    for label in labels().values():
        values = tuple((each.code, each.title) for each in label.values)
        found.append(FieldSpec(label.key, _small(label.title), "choice", GROUP, values, label.needs))
        title = Words(f"{label.title.zh}起始日", f"{_small(label.title).en} start")
        found.append(FieldSpec(f"{label.key}{SINCE}", title, "date", GROUP, needs=label.needs))
    return found


def _small(title: Words) -> Words:
    return Words(title.zh, title.en[:1].lower() + title.en[1:])


def answer(asking: Asking, leaf: Field, spec: FieldSpec) -> Q:
    """The members of whom the condition is true."""
    rows = said(asking.scope, leaf.field.removesuffix(SINCE))
    if leaf.op == "known":
        return those(rows.values("member"))
    if spec.kind == "choice":
        return those(rows.filter(value__in=leaf.values).values("member"))
    first, last = asking.span(leaf)
    bounds = {"since__gte": first, "since__lt": last + timedelta(days=1) if last else None}
    return those(rows.filter(**{name: day for name, day in bounds.items() if day}).values("member"))


def needs(key: str) -> str:
    """What it takes to know a label."""
    label = labels().get(key.removesuffix(SINCE))
    return label.needs if label else ""


def proves(scope: Scope) -> bool:
    """Labels are narrowed to the people of a scope, but not where it sees everything: what an undone import left may be labelled."""
    return not scope.everything


SOURCE = Source(2, fields, answer=answer, needs=needs, proves=proves)
