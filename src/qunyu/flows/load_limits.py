"""Load limits: how much one operator should carry at most, set per unit and inherited (method.md O1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.actions import change_settings
from qunyu.people.queries import own_settings, settings_in_force

if TYPE_CHECKING:
    from qunyu.people.models import Unit


@dataclass(frozen=True, slots=True)
class LoadLimit:
    """A limit: `key` is the unit setting's, `most` the largest value that makes sense."""

    key: str
    title: Words
    unit: Words
    most: int


LOAD_LIMITS: Mapping[str, LoadLimit] = {
    each.key: each
    for each in (
        LoadLimit("load.communities", Words("每人最多社群数", "Communities per operator"), Words("个社群", "communities"), 1_000),
        LoadLimit("load.members", Words("每人最多成员数", "Members per operator"), Words("名成员", "members"), 1_000_000),
    )
}  # fmt: skip

BAD_LIMIT = Words(
    "“{title}”须为 1 至 {most} 的整数；留空表示沿用上级", "“{title}” is a whole number from 1 to {most}; empty inherits"
)
UNKNOWN_LIMIT = Words("没有上限“{key}”；可用：{known}", "there is no limit “{key}”; there are: {known}")

Changed = Mapping[str, float | None]


def change_load_limits(*, by: Scope, unit: Unit, changes: Changed, now: datetime) -> bool:
    """Sets limits of `unit`, None to inherit again; whether anything changed.

    Raises Denied; DomainError unknown_load_limit or bad_load_limit with the `field`.
    """
    by.require("settings.edit", unit.pk)
    _check(changes)
    return change_settings(by=by, unit=unit, changes=changes, now=now)


def settings_as_if(*, by: Scope, unit: Unit, changes: Changed) -> dict[int, dict[str, float]]:
    """What every unit would go by after the changes, to be seen before they are made.

    Raises as `change_load_limits`.
    """
    by.require("settings.edit", unit.pk)
    _check(changes)
    own = own_settings()
    mine = {**own.get(unit.pk, {}), **changes}
    own[unit.pk] = {key: value for key, value in mine.items() if value is not None}
    return settings_in_force(own)


def _check(changes: Changed) -> None:
    for key, value in changes.items():
        limit = LOAD_LIMITS.get(key)
        if limit is None:
            message = UNKNOWN_LIMIT.fill(key=key, known=", ".join(LOAD_LIMITS))
            raise DomainError("unknown_load_limit", message, field=key)
        if value is not None and not (1 <= value <= limit.most and value == int(value)):
            zh, en = BAD_LIMIT.zh, BAD_LIMIT.en
            words = Words(
                zh.format(title=limit.title.zh, most=limit.most), en.format(title=limit.title.en, most=limit.most)
            )
            raise DomainError("bad_load_limit", words, field=key)
