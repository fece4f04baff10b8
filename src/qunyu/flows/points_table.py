"""Points table: points for many people at once, out of a CSV or XLSX; checked first, and taken back as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from qunyu.events.columns import Kind
from qunyu.flows.given_tables import Line, lines_of
from qunyu.flows.table_people import TablePeople, people_of_table
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.loyalty.accounts import movements_of
from qunyu.loyalty.ledger import MOST, Gift, move, reverse

if TYPE_CHECKING:
    from qunyu.loyalty.models import Programme
    from qunyu.members.models import Member

MOST_LINES = 2_000
TITLES = {
    "member_id": "成员编号 member_id",
    "platform_id": "平台账号 platform_id",
    "points": "积分 points",
    "reason": "原因 reason",
}
KIND = Kind(
    fields={
        "member_id": tuple("成员编号 member_id memberid".split()),
        "platform_id": tuple("平台账号 platform_id platformid account".split()),
        "points": tuple("积分 points 分数".split()),
        "reason": tuple("原因 reason 备注".split()),
    },
    needs=(("points",), ("reason",), ("member_id", "platform_id")),
    tells=("points",),
)
NOT_YOURS = Words("您不能给这个人发放积分", "you may not give this person points")
NO_POINTS = Words(
    "积分须是不为 0 的整数，正数发放，负数扣减", "points are a whole number other than 0: above to give, below to take"
)
NO_REASON = Words("请写明原因", "say why")
TOO_MANY = Words("最多 {n} 行；请分成几个文件", "at most {n} lines; split it")
WRONG = Words("有 {n} 行有误；请改正后再导入", "{n} lines are wrong; mend them first")
ALREADY = Words("这批积分已经撤销", "this lot of points is taken back already")


@dataclass(frozen=True)
class Giving:
    """One line: who gets (or loses) how many points and why, or what is wrong with it."""

    number: int
    member: Member | None
    points: int
    reason: str
    problem: Words | None = None


def check_gifts(*, by: Scope, name: str, data: bytes) -> list[Giving]:
    """What the table would give, line by line; writes nothing.

    Raises Denied; DomainError bad_table.
    """
    by.require("points.edit")
    lines = lines_of(name, data, KIND, TITLES, "成员 member 名称 name")
    if len(lines) > MOST_LINES:
        raise DomainError("bad_table", TOO_MANY.fill(n=MOST_LINES), field="file")
    found = people_of_table(by, lines, "points.edit")
    return [_giving(line, found) for line in lines]


def _giving(line: Line, people: TablePeople) -> Giving:
    member, unknown = people.of(line)
    text = line.text("points").replace(",", "").removesuffix(".0")
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    points = sign * int(digits) if digits.isdecimal() and len(digits) <= len(str(MOST)) else 0
    reason = line.text("reason")
    problem = (
        unknown
        if member is None
        else NOT_YOURS
        if member.pk not in people.mine
        else NO_POINTS
        if not points or abs(points) > MOST
        else NO_REASON
        if len(reason) < 2
        else None
    )
    return Giving(line.number, member, points, reason, problem)


def give_all(
    *, by: Scope, programme: Programme, act: str, gifts: list[Giving], now: datetime
) -> list[tuple[Giving, Words]]:
    """Gives everything, each line once however often it is asked for under that `act`; the lines that could not be done, with why.

    Raises Denied; DomainError wrong_lines where any line is wrong (nothing was then written).
    """
    wrong = [each for each in gifts if each.problem is not None]
    if wrong:
        raise DomainError("wrong_lines", WRONG.fill(n=len(wrong)), field="file")
    refused: list[tuple[Giving, Words]] = []
    for each in gifts:
        gift = Gift(each.points, each.reason, f"{act}:{each.number}", act)
        try:
            if each.member is not None:
                move(by=by, programme=programme, member=each.member, gift=gift, now=now)
        except DomainError as error:
            if error.code != "not_enough_points":
                raise
            refused.append((each, error.message))
    audit.record(by=by.actor, action="points.table", kind="programme", id=programme.pk, now=now, count=len(gifts))
    return refused


def undo_all(*, by: Scope, act: str, now: datetime) -> int:
    """Reverses what was given under that act; how many movements. What is spent by now is owed.

    Raises Denied; DomainError cannot_undo where there is nothing (left) to reverse.
    """
    waiting = movements_of(by, act)
    if not waiting:
        raise DomainError("cannot_undo", ALREADY)
    for each in waiting:
        reverse(by=by, movement=each, reason=str(Words("撤销批量发放", "the lot is taken back")), now=now)
    return len(waiting)
