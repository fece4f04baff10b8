"""What a person asks an import for, as kept in `Import.request`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qunyu.events.mapping import CHOICES, FIELDS
from qunyu.events.reading import ReadOptions, Yields, readers
from qunyu.kernel.errors import DomainError
from qunyu.kernel.money import currency_of
from qunyu.kernel.words import Words


@dataclass(frozen=True)
class Part:
    """Paths read together.

    `yields` says what they hold and `platform` where the people are, as far as a person has said it.
    """

    paths: tuple[str, ...]
    yields: str = ""
    platform: str = ""


@dataclass(frozen=True)
class ImportRequest:
    """Everything about one import that a person can choose; zones are IANA names, `currency` is ISO 4217."""

    parts: tuple[Part, ...]
    source_zone: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    community: str = ""
    platform: str = ""
    format: str = ""
    include: tuple[str, ...] = ()
    currency: str = "CNY"
    strict: bool = False

    def as_json(self) -> dict[str, Any]:
        """The request as it is kept."""
        return asdict(self)

    @staticmethod
    def from_json(kept: Mapping[str, Any]) -> ImportRequest:
        """The request as it was asked."""
        parts = tuple(Part(tuple(part["paths"]), part["yields"], part["platform"]) for part in kept["parts"])
        return ImportRequest(**{**kept, "parts": parts, "include": tuple(kept["include"])})

    def options(self, zone: ZoneInfo) -> ReadOptions:
        """How the readers are to read; `zone` is the deployment's, for stamps without one unless the request says another."""
        return ReadOptions(self.zone(zone), dict(self.columns), self.community)

    def zone(self, zone: ZoneInfo) -> ZoneInfo:
        """The zone of stamps that carry none."""
        return ZoneInfo(self.source_zone) if self.source_zone else zone


def checked(request: ImportRequest) -> ImportRequest:
    """The request itself, its currency as the standard writes it.

    Raises DomainError bad_zone, bad_map, unknown_format, bad_currency or no_such_file, each naming the value and what there is
    instead.
    """
    if request.source_zone:
        check_zone(request.source_zone)
    for ours, theirs in request.columns.items():
        _check_mapped(ours, theirs)
    if request.format and request.format not in readers():
        message = Words("没有名为“{name}”的格式；可用：{known}", "there is no format “{name}”; there are: {known}")
        raise DomainError("unknown_format", message.fill(name=request.format, known=", ".join(readers())))
    for part in request.parts:
        _check_paths(part)
    return replace(request, currency=_checked_currency(request.currency))


def _check_mapped(ours: str, theirs: str) -> None:
    """An unknown field would be ignored, and its column with it."""
    if ours not in FIELDS and ours not in CHOICES:
        message = Words(
            "没有字段“{name}”（指定了列“{column}”）；可用：{known}",
            "there is no field “{name}” (for the column “{column}”); there are: {known}",
        )
        known = ", ".join((*FIELDS, *CHOICES))
        raise DomainError("bad_map", message.fill(name=ours, column=theirs, known=known), name=ours)
    if theirs not in CHOICES.get(ours, (theirs,)):
        message = Words("{name} 不能是“{value}”；可用：{known}", "{name} cannot be “{value}”; there are: {known}")
        raise DomainError("bad_map", message.fill(name=ours, value=theirs, known=", ".join(CHOICES[ours])), name=ours)


def _checked_currency(given: str) -> str:
    found = currency_of(given)
    if not found:
        message = Words(
            "“{name}”不是货币代码；请写 CNY、USD 这样的代码", "“{name}” is no currency code; write CNY, USD or the like"
        )
        raise DomainError("bad_currency", message.fill(name=given))
    return found


def check_zone(name: str) -> ZoneInfo:
    """The zone called `name`.

    Raises DomainError bad_zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = Words(
            "没有时区“{name}”；请写 Asia/Shanghai 或 UTC 这样的名称",
            "there is no time zone “{name}”; write one like Asia/Shanghai or UTC",
        )
        raise DomainError("bad_zone", message.fill(name=name), name=name) from None


def _check_paths(part: Part) -> None:
    for path in part.paths:
        if not Path(path).exists():
            message = Words("找不到文件或文件夹：{path}", "there is no file or folder {path}")
            raise DomainError("no_such_file", message.fill(path=path), path=path)


def parts_of(chats: tuple[str, ...], **tables: str | None) -> tuple[Part, ...]:
    """Parts from the paths of chats and of tables by what they yield (orders=..., members=..., costs=...)."""
    named = [Part((path,), yields) for yields, path in tables.items() if path]
    return ((Part(chats),) if chats else ()) + tuple(named)


def yields_of(part: Part) -> Yields | None:
    """The part's kind of table as the readers know it; None when it is left to recognition."""
    for known in ("chat", "orders", "members", "costs"):
        if part.yields == known:
            return known
    return None
