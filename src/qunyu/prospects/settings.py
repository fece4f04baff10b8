"""Settings: the numbers that lists of prospects and what people are worth go by, set per unit and inherited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.actions import change_settings
from qunyu.people.queries import settings_in_force

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.people.models import Unit


@dataclass(frozen=True, slots=True)
class Setting:
    """A number: `key` is the unit setting's; `default` None means that what needs it is unknown until somebody sets it."""

    key: str
    title: Words
    unit: Words
    default: float | None
    least: float
    most: float


_DAYS, _MINUTES = Words("天", "days"), Words("分钟", "minutes")
SETTINGS: Mapping[str, Setting] = {
    each.key: each
    for each in (
        Setting("prospects.horizon", Words("预测多少天内下单", "Chance of an order within"), _DAYS, 14, 3, 60),
        Setting("worth.days", Words("价值按最近多少天算", "Worth is counted over"), _DAYS, 180, 30, 730),
        Setting("worth.new_days", Words("新客户暂不评价", "New customers are not judged for"), _DAYS, 30, 0, 365),
        Setting("worth.margin", Words("毛利率", "Gross margin"), Words("%", "%"), None, 0, 100),
        Setting("worth.hour", Words("运营每小时成本", "An operator’s hour costs"), Words("元", "in the currency"), None, 0, 100_000),
        Setting("worth.contact", Words("一次联系用时", "A contact takes"), _MINUTES, 5, 0, 600),
        Setting("worth.complaint", Words("一次投诉用时", "A complaint takes"), _MINUTES, 20, 0, 600),
    )
}  # fmt: skip
BAD = Words("“{title}”须在 {least:g} 与 {most:g} 之间", "“{title}” is between {least:g} and {most:g}")
UNKNOWN = Words("没有设置“{key}”", "there is no setting “{key}”")


def in_force(unit: int) -> dict[str, float | None]:
    """What holds in the unit, by key; None where nobody has set what has no default."""
    found = settings_in_force()[unit]
    return {key: found.get(key, each.default) for key, each in SETTINGS.items()}


def change(*, by: Scope, unit: Unit, changes: Mapping[str, float | None], now: datetime) -> bool:
    """Sets numbers of `unit`, None to inherit again; whether anything changed.

    Raises Denied; DomainError unknown_prospect_setting or bad_prospect_setting with the `field`.
    """
    by.require("settings.edit", unit.pk)
    for key, value in changes.items():
        known = SETTINGS.get(key)
        if known is None:
            raise DomainError("unknown_prospect_setting", UNKNOWN.fill(key=key), field=key)
        # Written so that what is no number at all (NaN) is refused as well.
        if value is not None and not known.least <= value <= known.most:
            message = Words(
                BAD.zh.format(title=known.title.zh, least=known.least, most=known.most),
                BAD.en.format(title=known.title.en, least=known.least, most=known.most),
            )
            raise DomainError("bad_prospect_setting", message, field=key)
    return change_settings(by=by, unit=unit, changes=changes, now=now)
