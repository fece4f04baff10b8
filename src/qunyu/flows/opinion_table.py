"""Opinion table: ratings, praise and complaints of many people out of a CSV or XLSX; checked first, and taken back as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from qunyu.events.columns import Kind
from qunyu.flows.given_tables import Line, lines_of
from qunyu.flows.table_people import TablePeople, people_of_table
from qunyu.kernel.errors import DomainError
from qunyu.kernel.periods import BAD_DAY
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.satisfaction.opinions import KINDS, NOTED, Said, check_said, note_all

if TYPE_CHECKING:
    from qunyu.members.models import Member

MOST_LINES = 2_000
TITLES = {
    "member_id": "成员编号 member_id",
    "platform": "平台 platform",
    "platform_id": "平台账号 platform_id",
    "kind": "种类 kind",
    "stars": "星级 stars",
    "text": "内容 text",
    "about": "关于 about",
    "at": "时间 at",
}
KIND = Kind(
    fields={
        "member_id": tuple("成员编号 member_id memberid".split()),
        "platform": tuple("平台 platform".split()),
        "platform_id": tuple("平台账号 platform_id platformid account".split()),
        "kind": tuple("种类 kind 类型".split()),
        "stars": tuple("星级 stars 评分 rating".split()),
        "text": tuple("内容 text 评价 words".split()),
        "about": tuple("关于 about 订单 商品".split()),
        "at": tuple("时间 at 日期 date when".split()),
    },
    needs=(("kind",), ("member_id", "platform_id")),
    tells=("kind",),
)
# What the list of opinions says besides.
BESIDES = "成员 member 满意度 satisfaction 处理 handling 处理人 takencareofby"
NOT_YOURS = Words("您不能记下这个人的评价", "you may not note opinions of this person")
TOO_MANY = Words("最多 {n} 行；请分成几个文件", "at most {n} lines; split it")
WRONG = Words("有 {n} 行有误；请改正后再导入", "{n} lines are wrong; mend them first")
FIELDS = {name: title.split()[0] for name, title in TITLES.items()}


@dataclass(frozen=True)
class Telling:
    """One line: who said what, or what is wrong with it, and in which column ("" for the person)."""

    number: int
    member: Member | None
    said: Said | None
    column: str = ""
    problem: Words | None = None


def check_tellings(*, by: Scope, name: str, data: bytes, now: datetime) -> list[Telling]:
    """What the table would note, line by line; a line without a time is of `now`. Writes nothing.

    Raises Denied; DomainError bad_table.
    """
    by.require("members.edit")
    lines = lines_of(name, data, KIND, TITLES, BESIDES)
    if len(lines) > MOST_LINES:
        raise DomainError("bad_table", TOO_MANY.fill(n=f"{MOST_LINES:,}"), field="file")
    people = people_of_table(by, lines, "members.edit")
    return [_telling(line, people, now) for line in lines]


def _telling(line: Line, people: TablePeople, now: datetime) -> Telling:
    member, unknown = people.of(line)
    if member is None:
        return Telling(line.number, None, None, "", unknown)
    if member.pk not in people.mine:
        return Telling(line.number, member, None, "", NOT_YOURS)
    try:
        said = Said(_kind(line.text("kind")), _at(line.text("at"), now), _stars(line), line.text("text"), line.text("about"))  # fmt: skip
        check_said(said, now)
    except DomainError as error:
        return Telling(line.number, member, None, str(error.data.get("field", "")), error.message)
    return Telling(line.number, member, said)


def _kind(text: str) -> str:
    """The code of a kind that goes by that name in either language; the text itself where none does."""
    names = {each: (each, KINDS[each].zh, KINDS[each].en.casefold()) for each in NOTED}
    return next((code for code, called in names.items() if text.casefold() in called), text)


def _stars(line: Line) -> int | None:
    text = line.text("stars").removesuffix(".0")
    return int(text) if text.isdecimal() and len(text) == 1 else None


def _at(text: str, now: datetime) -> datetime:
    """The moment that a cell writes, in the deployment's zone.

    Raises DomainError bad_day with the `field`.
    """
    if not text:
        return now
    try:
        found = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise DomainError("bad_day", BAD_DAY.fill(value=text), field="at") from None
    return found if found.tzinfo else found.replace(tzinfo=settings.QUNYU_ZONE)


def take_opinions(*, by: Scope, tellings: list[Telling], act: str, now: datetime) -> int:
    """Notes everything under that `act`; how many opinions: what is on record already stays as it is.

    Raises Denied; DomainError wrong_lines where any line is wrong (nothing was then written).
    """
    wrong = [each for each in tellings if each.problem is not None]
    if wrong:
        raise DomainError("wrong_lines", WRONG.fill(n=len(wrong)), field="file")
    told = [(each.member, each.said) for each in tellings if each.member is not None and each.said is not None]
    return note_all(by=by, told=told, act=act, now=now)
