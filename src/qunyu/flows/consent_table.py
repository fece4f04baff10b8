"""Consent table: what people said to uses of their data, out of a CSV or XLSX; either every line is right or nothing is done."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from qunyu.events.columns import Kind
from qunyu.flows.given_tables import Line, Taken, day_of, each_line, lines_of
from qunyu.kernel.errors import DomainError
from qunyu.kernel.periods import BAD_DAY
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.queries import accounts, find_person, people
from qunyu.privacy.consents import STATES, Said, known_already, note, purposes

if TYPE_CHECKING:
    from qunyu.members.models import Member

TITLES = {
    "member_id": "成员编号 member_id",
    "platform": "平台 platform",
    "platform_id": "平台账号 platform_id",
    "purpose": "目的 purpose",
    "state": "表态 state",
    "day": "日期 date",
    "wording": "文本版本 wording",
    "evidence": "依据 evidence",
}
KIND = Kind(
    fields={
        "member_id": tuple("成员编号 memberid member_id".split()),
        "platform": tuple("平台 platform".split()),
        "platform_id": tuple("平台账号 platformid platform_id".split()),
        "purpose": tuple("目的 purpose".split()),
        "state": tuple("表态 state 同意".split()),
        "day": tuple("日期 date day".split()),
        "wording": tuple("文本版本 wording".split()),
        "evidence": tuple("依据 evidence".split()),
    },
    needs=(("purpose",), ("state",), ("member_id", "platform_id")),
    tells=("purpose", "state"),
)
# What the list of consents says besides.
BESIDES = "成员 member 来源 source 记录人 notedby"
NOBODY = Words("没有您能看到的成员“{name}”", "there is nobody called “{name}” whom you may see")


@transaction.atomic
def take_consents(*, by: Scope, name: str, data: bytes, now: datetime) -> Taken:
    """Notes what the lines of the table say; what is on record already stays as it is. A line without a date is of `now`.

    Raises Denied; DomainError bad_table or bad_lines (nothing has then changed).
    """
    by.require("members.edit")
    return each_line(lines_of(name, data, KIND, TITLES, BESIDES), lambda line: _take(by, line, now))


def _take(by: Scope, line: Line, now: datetime) -> str:
    member, told = _member(by, line), _moment(line.text("day"))
    at = told or now
    purpose, state = _code(purposes(by), line.text("purpose")), _code(STATES, line.text("state"))
    if told is not None and known_already(member, purpose, state, at):
        return "already"
    said = Said(purpose, state, "import", line.text("wording"), line.text("evidence"))
    note(by=by, members=[member], said=said, at=at, now=now)
    return "added"


def _moment(text: str) -> datetime | None:
    """The moment that a cell writes, a day's beginning where it writes a day; None for an empty one.

    Raises DomainError bad_day.
    """
    day = day_of(text)
    try:
        hour = time.fromisoformat(text[10:].strip()) if text[10:].strip() else time()
    except ValueError:
        raise DomainError("bad_day", BAD_DAY.fill(value=text)) from None
    return None if day is None else datetime.combine(day, hour, settings.QUNYU_ZONE)


def _code(known: dict[str, Words], text: str) -> str:
    """The key that goes by that name in either language; the text itself where none does."""
    found = (key for key, words in known.items() if text.casefold() in (key, words.zh.casefold(), words.en.casefold()))
    return next(found, text)


def _member(by: Scope, line: Line) -> Member:
    if public_id := line.text("member_id"):
        return find_person(by, public_id)
    key, platform = line.text("platform_id"), line.text("platform").casefold()
    found = {each.member for each in accounts(by, [key]) if platform in ("", each.platform)}
    member = people(by).filter(pk__in=found).first() if len(found) == 1 else None
    if member is None:
        raise DomainError("unknown_member", NOBODY.fill(name=key))
    return member
