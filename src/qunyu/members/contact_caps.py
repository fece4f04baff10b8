"""Contact caps: how often anybody may be contacted; set for the whole deployment at the top, and stricter in units below, never looser."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.rules.contacting import Cap, Caps
from qunyu.people.actions import change_settings
from qunyu.people.queries import own_settings, unit_paths

if TYPE_CHECKING:
    from qunyu.people.models import Unit


@dataclass(frozen=True, slots=True)
class CapSetting:
    """One number: the unit setting's `key`, its bounds, what holds unless it is set, and whether only the top of the tree has it."""

    key: str
    title: Words
    unit: Words
    least: int
    most: int
    default: int
    top_only: bool = False


TIMES, DAYS, CLOCK = Words("次", "times"), Words("天", "days"), Words("点", "o’clock")
# Contacts may be deleted after 30 days (members.personal.KINDS): a longer window would forget.
LONGEST_WINDOW = 30
CAP_SETTINGS: Mapping[str, CapSetting] = {
    each.key: each
    for each in (
        CapSetting("contact.most", Words("每人最多联系", "Contacts a person at most"), TIMES, 1, 20, 2),
        CapSetting("contact.days", Words("在多少天之内", "within"), DAYS, 1, LONGEST_WINDOW, 7, top_only=True),
        CapSetting("contact.selling_most", Words("其中推销最多", "Of these that sell, at most"), TIMES, 0, 20, 1),
        CapSetting("contact.selling_days", Words("推销在多少天之内", "Selling within"), DAYS, 1, LONGEST_WINDOW, 14, top_only=True),
        CapSetting("contact.quiet_from", Words("免打扰开始", "Quiet hours from"), CLOCK, 0, 23, 21, top_only=True),
        CapSetting("contact.quiet_to", Words("免打扰结束", "Quiet hours until"), CLOCK, 0, 23, 9, top_only=True),
        CapSetting("contact.answer_days", Words("对方来信后多少天内算回复", "An answer is one for"), DAYS, 1, 14, 3, top_only=True),
        CapSetting("contact.brought_days", Words("请对方推荐后多少天内入群算其带来", "Brought by a recommendation within"), DAYS, 1, 365, 60, top_only=True),
    )
}  # fmt: skip

UNKNOWN = Words("没有设置“{key}”；可用：{known}", "there is no setting “{key}”; there are: {known}")
BAD = Words(
    "“{title}”须为 {least} 至 {most} 的整数；留空表示沿用上级",
    "“{title}” is a whole number from {least} to {most}; empty inherits",
)
TOP_ONLY = Words(
    "“{title}”只能在总部设置，对所有人一样", "“{title}” is set at the top of the tree alone, the same for everybody"
)
LOOSER = Words(
    "上级“{title}”为 {above}，下级只能更严，不能更松",
    "“{title}” is {above} above; a unit below may be stricter, never looser",
)
SELLING_MORE = Words(
    "推销的次数不能多于总次数 {most}", "contacts that sell cannot be more than contacts in all ({most})"
)
SELLING_SOONER = Words(
    "推销的天数不能少于总上限的 {days} 天", "selling cannot have fewer days than the {days} of the cap"
)
Own = Mapping[int, Mapping[str, float]]


def change_caps(*, by: Scope, unit: Unit, changes: Mapping[str, float | None], now: datetime) -> bool:
    """Sets caps of `unit`, None to inherit again; whether anything changed.

    Raises Denied; DomainError unknown_contact_cap or bad_contact_cap with the `field`.
    """
    by.require("settings.edit", unit.pk)
    for key, value in changes.items():
        _check(key, value, is_top=unit.parent_id is None)
    own = own_settings()
    mine = {**own.get(unit.pk, {}), **changes}
    own[unit.pk] = {key: value for key, value in mine.items() if value is not None}
    paths = unit_paths()
    _check_against_above(changes, own, paths[unit.pk])
    _check_selling(own, paths, unit)
    return change_settings(by=by, unit=unit, changes=changes, now=now)


def _check(key: str, value: float | None, *, is_top: bool) -> None:
    setting = CAP_SETTINGS.get(key)
    if setting is None:
        raise DomainError("unknown_contact_cap", UNKNOWN.fill(key=key, known=", ".join(CAP_SETTINGS)), field=key)
    if value is None:
        return
    if setting.top_only and not is_top:
        raise _bad(key, TOP_ONLY)
    if not (setting.least <= value <= setting.most and value == int(value)):
        raise _bad(key, BAD, least=setting.least, most=setting.most)


def _bad(key: str, words: Words, **values: object) -> DomainError:
    title = CAP_SETTINGS[key].title
    filled = Words(words.zh.format(title=title.zh, **values), words.en.format(title=title.en, **values))
    return DomainError("bad_contact_cap", filled, field=key)


def _check_against_above(changes: Mapping[str, float | None], own: Own, path: str) -> None:
    above = [int(each) for each in path.strip("/").split("/")][:-1]
    if not above:
        return
    for key, value in changes.items():
        most = _least(key, own, above)
        if value is not None and value > most:
            raise _bad(key, LOOSER, above=most)


def _check_selling(own: Own, paths: Mapping[int, str], unit: Unit) -> None:
    caps = _caps(own, [int(each) for each in paths[unit.pk].strip("/").split("/")])
    told = own.get(unit.pk, {}).get("contact.selling_most")
    # Where the unit says nothing of selling, the stricter of the two holds by itself.
    if told is not None and told > caps.all.most:
        raise _bad("contact.selling_most", SELLING_MORE, most=caps.all.most)
    if caps.selling.days < caps.all.days:
        raise _bad("contact.selling_days", SELLING_SOONER, days=caps.all.days)


def _least(key: str, own: Own, line: Sequence[int]) -> int:
    """The strictest of the units in `line`; the first of them is the top of the tree, for which else the default holds."""
    setting = CAP_SETTINGS[key]
    told = [own[each][key] for each in line[1:] if key in own.get(each, {})]
    return int(min([own.get(line[0], {}).get(key, setting.default), *told]))


def _caps(own: Own, line: Sequence[int]) -> Caps:
    """What holds where all these units have a say, the top of the tree first: the strictest."""
    value = {key: _least(key, own, line) for key in CAP_SETTINGS}
    whole = Cap(value["contact.most"], value["contact.days"])
    selling = Cap(min(value["contact.selling_most"], whole.most), value["contact.selling_days"])
    rest = ("quiet_from", "quiet_to", "answer_days", "brought_days")
    return Caps(whole, selling, *(value[f"contact.{each}"] for each in rest))


@dataclass(frozen=True)
class CapsInForce:
    """What holds in every unit, read once."""

    own: Own
    paths: Mapping[int, str]

    @property
    def top(self) -> int:
        """The key of the unit at the top of the tree."""
        return next(unit for unit, path in self.paths.items() if path.count("/") == 2)

    @property
    def stricter(self) -> set[int]:
        """The units (primary keys) where a cap below the top has a say; everywhere else the same holds for everybody."""
        telling = [self.paths[unit] for unit, own in self.own.items() if unit != self.top and own.keys() & CAP_SETTINGS]
        return {unit for unit, path in self.paths.items() if any(path.startswith(each) for each in telling)}

    def widest(self, now: datetime) -> datetime:
        """Before this moment no contact counts for any cap at `now`."""
        caps = self.of(())
        return min(caps.all.since(now), caps.selling.since(now))

    def of(self, units: Collection[int]) -> Caps:
        """What holds for somebody who belongs to these units: the strictest of all and of those above them."""
        above = {int(each) for unit in units for each in self.paths[unit].strip("/").split("/")}
        return _caps(self.own, [self.top, *sorted(above - {self.top})])


def caps_in_force() -> CapsInForce:
    """What holds in every unit now."""
    return CapsInForce(own_settings(), unit_paths())
