"""Retention: periods per kind of data, set by whoever protects personal data, enforced by a job every night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from qunyu.jobs.port import load
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.personal import Kind, kinds
from qunyu.kernel.scope import Scope, system_scope
from qunyu.kernel.words import Words
from qunyu.privacy.models import Period, PeriodRun
from qunyu.privacy.requests import require_officer

MOST_DAYS = 36_500
OUTSIDE = Words(
    "请填写 {least} 到 {most} 之间的天数；留空为一直保存", "give {least} to {most} days, or none to keep for good"
)


@dataclass(frozen=True)
class Kept:
    """A kind of data and its period in days (None: kept for good), with the last time that was enforced."""

    kind: Kind
    days: int | None
    last: PeriodRun | None


def periods(scope: Scope) -> list[Kept]:
    """Every kind of data with its period.

    Raises Denied.
    """
    require_officer(scope)
    days = dict(Period.objects.values_list("kind", "days"))
    last: dict[str, PeriodRun] = {}
    for run in PeriodRun.objects.filter(kind__in=days).order_by("at", "id"):
        last[run.kind] = run
    return [Kept(each, days.get(key), last.get(key)) for key, each in kinds().items()]


def preview(scope: Scope, kind: str, days: int, now: datetime) -> int:
    """How much would go if that kind were kept for so many days.

    Raises Denied; DomainError unknown_kind or bad_days.
    """
    require_officer(scope)
    return _checked(kind, days).count(now - timedelta(days=days))


def set_period(*, by: Scope, kind: str, days: int | None, now: datetime) -> bool:
    """Keeps a kind of data for so many days from tonight on, None for good; whether that changed anything.

    Raises Denied; DomainError unknown_kind or bad_days.
    """
    load()
    require_officer(by)
    found = _checked(kind, days)
    before = Period.objects.filter(kind=kind).values_list("days", flat=True).first()
    if before == days:
        return False
    with transaction.atomic():
        if days is None:
            Period.objects.filter(kind=kind).delete()
        else:
            told = {"days": days, "set_at": now, "by_name": by.actor.name[:120]}
            Period.objects.update_or_create(kind=kind, defaults=told)
        audit.record(by=by.actor, action="privacy.period", kind="retention", id=found.key, now=now, days=days or 0)
    return True


def _checked(kind: str, days: int | None) -> Kind:
    if kind not in kinds():
        message = Words("没有数据种类“{kind}”；可用：{known}", "there is no kind of data “{kind}”; there are: {known}")
        raise DomainError("unknown_kind", message.fill(kind=kind, known=", ".join(kinds())), field="kind")
    found = kinds()[kind]
    if days is not None and not found.least_days <= days <= MOST_DAYS:
        raise DomainError("bad_days", OUTSIDE.fill(least=found.least_days, most=MOST_DAYS), field="days")
    return found


def enforce(*, now: datetime) -> dict[str, int]:
    """Lets go what is older than its period; how much of each kind went. Each run is kept with its count."""
    removed: dict[str, int] = {}
    for period in Period.objects.filter(kind__in=kinds()).order_by("kind"):
        before = now - timedelta(days=period.days)
        count = kinds()[period.kind].remove(before)
        with transaction.atomic():
            PeriodRun.objects.create(kind=period.kind, at=now, before=before, removed=count)
            if count:
                who = system_scope("retention").actor
                data = {"days": period.days, "count": count}
                audit.record(by=who, action="privacy.expired", kind="retention", id=period.kind, now=now, **data)
        removed[period.kind] = count
    return removed
