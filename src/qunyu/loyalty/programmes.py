"""Programmes: which one counts where, who may see it, and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.money import CURRENCIES
from qunyu.kernel.once import once
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.loyalty.earning import earning_rules
from qunyu.loyalty.models import Programme
from qunyu.people.queries import unit_paths

if TYPE_CHECKING:
    from qunyu.people.models import Unit

EXPIRIES: dict[str, Words] = {
    "never": Words("永不过期", "never"),
    "months": Words("获得后若干个月", "some months after earning"),
    "year": Words("获得次年的年底", "at the end of the year after earning"),
}
_TOLD = ("name", "currency", "starts_on", "expiry", "expiry_months", "notice_days", "value_minor", "value_currency")


def reach(paths: Mapping[int, str] | None = None) -> dict[int, int]:
    """Unit -> the programme that counts there: its own or that of the nearest unit above; units without any are missing."""
    return _reach() if paths is None else _reached(paths)


@once
def _reach() -> dict[int, int]:
    return _reached(unit_paths())


def _reached(paths: Mapping[int, str]) -> dict[int, int]:
    own = dict(Programme.objects.values_list("unit", "pk"))
    found: dict[int, int] = {}
    for unit, path in paths.items():
        above = (int(each) for each in reversed(path.strip("/").split("/")))
        nearest = next((own[each] for each in above if each in own), None)
        if nearest is not None:
            found[unit] = nearest
    return found


def units_of(programme: Programme) -> list[int]:
    """The units where the programme counts."""
    return [unit for unit, key in reach().items() if key == programme.pk]


def programmes(scope: Scope, permission: str = "members.view") -> QuerySet[Programme]:
    """The programmes that count in some unit where `permission` holds, the highest unit first."""
    found = Programme.objects.select_related("unit").order_by("unit__path")
    if scope.everything:
        return found
    held = scope.units(permission)
    return found.filter(pk__in={key for unit, key in reach().items() if unit in held} if held else set())


def find_programme(scope: Scope, public_id: str, permission: str = "members.view") -> Programme:
    """The programme with that public id.

    Raises DomainError unknown_programme.
    """
    found = programmes(scope, permission).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的积分方案", "there is no points programme with the id “{id}”")
        raise DomainError("unknown_programme", message.fill(id=public_id), id=public_id)
    return found


def may_change(scope: Scope, programme: Programme) -> bool:
    """Whether `scope` may change the settings of the programme: those of its own unit."""
    return scope.may("settings.edit", programme.unit_id)


@transaction.atomic
def save_programme(*, by: Scope, unit: Unit, now: datetime, told: Mapping[str, Any]) -> Programme:
    """The programme of `unit` with what is told of it: name, currency, starts_on, expiry …; made where there is none.

    Raises Denied; DomainError bad_programme with the `field`.
    """
    by.require("settings.edit", unit.pk)
    row = Programme.objects.filter(unit=unit).first()
    made = row is None
    if row is None:
        row = Programme(unit=unit, created_at=now, starts_on=now.date())
    before = {name: getattr(row, name) for name in _TOLD}
    for name, value in told.items():
        if name not in _TOLD:
            raise TypeError(f"a programme has no {name}")
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    _check(row)
    changed = [name for name in _TOLD if getattr(row, name) != before[name]]
    if changed or made:
        row.save()
        audit.record(by=by.actor, action="points.programme", kind="programme", id=row.pk, now=now, fields=changed)
    return row


def _check(row: Programme) -> None:
    wrong = {
        "name": not 1 <= len(row.name) <= 60,
        "currency": not 1 <= len(row.currency) <= 20,
        "expiry": row.expiry not in EXPIRIES,
        "expiry_months": not 1 <= row.expiry_months <= 120,
        "notice_days": not 1 <= row.notice_days <= 366,
        "value_minor": row.value_minor is not None and not 0 < row.value_minor < 10**9,
        "value_currency": row.value_minor is not None and row.value_currency not in CURRENCIES,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise DomainError("bad_programme", _REASONS[name], field=name)


_REASONS: dict[str, Words] = {
    "name": Words("名称须有 1 至 60 个字", "the name has 1 to 60 characters"),
    "currency": Words("积分名称须有 1 至 20 个字", "what points are called has 1 to 20 characters"),
    "expiry": Words("请选择何时过期", "say when points expire"),
    "expiry_months": Words("月数须在 1 至 120 之间", "1 to 120 months"),
    "notice_days": Words("天数须在 1 至 366 之间", "1 to 366 days"),
    "value_minor": Words("价值须大于 0；留空表示未设定", "the value is above 0; leave it empty for none"),
    "value_currency": Words("请填写币种代码，例如 CNY", "write the code of a currency, such as CNY"),
}


@dataclass(frozen=True)
class RuleSetting:
    """Whether an earning rule is on, with its figures (the usual ones where missing). `since` is the first day it looks at, None for as it is."""

    on: bool
    figures: Mapping[str, int] = field(default_factory=dict)
    since: date | None = None


@transaction.atomic
def set_rule(*, by: Scope, programme: Programme, rule: str, setting: RuleSetting, now: datetime) -> bool:
    """Switches an earning rule on or off, with its figures; whether that changed anything. On, it looks at facts from then on.

    Raises Denied; DomainError unknown_rule, or bad_figure with the `field`.
    """
    by.require("settings.edit", programme.unit_id)
    found = earning_rules().get(rule)
    if found is None:
        raise DomainError("unknown_rule", Words("没有这条积分规则", "there is no such earning rule"), rule=rule)
    whole = found.checked(setting.figures)
    rules = dict(Programme.objects.values_list("rules", flat=True).get(pk=programme.pk))
    before = rules.get(rule, {})
    today = timezone.localtime(now, settings.QUNYU_ZONE).date()
    fresh = max(setting.since or today, programme.starts_on).isoformat()
    since = before["since"] if before.get("on") and setting.since is None else fresh
    rules[rule] = {"on": setting.on, "since": since, "figures": whole}
    changed = bool(rules[rule] != before)
    if changed:
        Programme.objects.filter(pk=programme.pk).update(rules=rules)
        programme.rules = rules
        audit.record(
            by=by.actor, action="points.rule", kind="programme", id=programme.pk, now=now, rule=rule, on=int(setting.on)
        )
    return changed
