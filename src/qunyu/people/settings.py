"""Settings: the numbers of a feature that units go by, each with its bounds; what a unit does not set it inherits from the one above."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.actions import change_settings
from qunyu.people.queries import own_settings, settings_in_force

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.people.models import Unit


@dataclass(frozen=True, slots=True)
class Setting:
    """A number from `least` to `most` in `unit`; `key` is the unit setting's. `default` None: nothing holds until somebody sets it."""

    key: str
    title: Words
    unit: Words
    default: float | None
    least: float
    most: float
    whole: bool = False

    def allows(self, value: float) -> bool:
        """Whether it may be that; what is no number at all (NaN) may not."""
        return self.least <= value <= self.most and (not self.whole or value == int(value))


BAD = Words(
    "“{title}”须在 {least:.10g} 与 {most:.10g} 之间；留空则沿用上级",
    "“{title}” is between {least:.10g} and {most:.10g}; empty inherits",
)
BAD_WHOLE = Words(
    "“{title}”须为 {least:.10g} 至 {most:.10g} 的整数；留空则沿用上级",
    "“{title}” is a whole number from {least:.10g} to {most:.10g}; empty inherits",
)
UNKNOWN = Words("没有设置“{key}”；可用：{known}", "there is no setting “{key}”; there are: {known}")
Changes = Mapping[str, float | None]
Numbers = dict[str, float | None]


class Settings(Mapping[str, Setting]):
    """The settings of one feature by key; `name` is what its errors are called by: unknown_`name`, bad_`name`."""

    def __init__(self, name: str, settings: Iterable[Setting]) -> None:
        self.name = name
        self._known = {each.key: each for each in settings}

    def __getitem__(self, key: str) -> Setting:
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def in_force(self) -> dict[int, Numbers]:
        """What holds in every unit (primary key), by key."""
        return {unit: self._filled(found) for unit, found in settings_in_force().items()}

    def of(self, unit: int) -> Numbers:
        """What holds in one unit; None where nobody has set what has no default."""
        return self.in_force()[unit]

    def own(self, unit: int) -> dict[str, float]:
        """What the unit has set for itself."""
        return {key: value for key, value in own_settings().get(unit, {}).items() if key in self}

    def as_if(self, *, by: Scope, unit: Unit, changes: Changes) -> dict[int, dict[str, float]]:
        """Everything that every unit would go by after the changes, to be seen before they are made.

        Raises as `change`.
        """
        self._check(by, unit, changes)
        own = own_settings()
        mine = {**own.get(unit.pk, {}), **changes}
        own[unit.pk] = {key: value for key, value in mine.items() if value is not None}
        return settings_in_force(own)

    def change(self, *, by: Scope, unit: Unit, changes: Changes, now: datetime) -> bool:
        """Sets numbers of `unit`, None to inherit again; whether anything changed.

        Raises Denied; DomainError unknown_… or bad_… with the `field`.
        """
        self._check(by, unit, changes)
        return change_settings(by=by, unit=unit, changes=changes, now=now)

    def _filled(self, found: Mapping[str, float]) -> Numbers:
        return {key: found.get(key, each.default) for key, each in self.items()}

    def _check(self, by: Scope, unit: Unit, changes: Changes) -> None:
        by.require("settings.edit", unit.pk)
        for key, value in changes.items():
            setting = self.get(key)
            if setting is None:
                raise DomainError(f"unknown_{self.name}", UNKNOWN.fill(key=key, known=", ".join(self)), field=key)
            if value is not None and not setting.allows(value):
                raise DomainError(f"bad_{self.name}", _outside(setting), field=key)


def _outside(setting: Setting) -> Words:
    words = BAD_WHOLE if setting.whole else BAD
    bounds = {"least": setting.least, "most": setting.most}
    return Words(words.zh.format(title=setting.title.zh, **bounds), words.en.format(title=setting.title.en, **bounds))
