"""Work table: minutes that operators noted down, out of a CSV or XLSX."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from qunyu.communities.queries import communities
from qunyu.communities.work import BAD_MINUTES, MOST_MINUTES, Work, add_work, work_entries
from qunyu.communities.work_kinds import find_work_kind
from qunyu.events.columns import Kind
from qunyu.flows.given_tables import Line, Taken, day_of, each_line, lines_of
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.operators import accounts
from qunyu.people.queries import acting_account, staff_called

if TYPE_CHECKING:
    from qunyu.communities.models import Community
    from qunyu.people.models import Staff

TITLES = {
    "day": "日期 day",
    "minutes": "分钟 minutes",
    "kind": "工作 kind",
    "community": "社群 community",
    "account": "账号 account",
    "note": "备注 note",
}
KIND = Kind(
    fields={
        "day": tuple("日期 day date".split()),
        "minutes": tuple("分钟 minutes 分钟数 时长 时长分钟".split()),
        "kind": tuple("工作 kind 工作种类 种类 类型 work".split()),
        "community": tuple("社群 community 社群名称 群名称 群名".split()),
        "account": tuple("账号 account 用户名 帐号 username user".split()),
        "note": tuple("备注 note 说明 notes".split()),
    },
    needs=(("day",), ("minutes",), ("kind",)),
    tells=("minutes",),
)

NO_DAY = Words("请填写日期", "fill in the day")
NO_COMMUNITY = Words(
    "没有社群“{name}”，或不止一个；请写社群名称或平台群号",
    "“{name}” is no community you may see, or several; write its name or the platform’s id",
)
WHOSE = Words("请填写账号", "fill in the account")


@transaction.atomic
def take_work(*, by: Scope, name: str, data: bytes, now: datetime) -> Taken:
    """Keeps the entries of the table, one's own where no account is named; those that are there already are left out.

    Raises DomainError bad_table or bad_lines (nothing has then changed).
    """
    lines = lines_of(name, data, KIND, TITLES, "运营人员 operator")
    return each_line(lines, lambda line: _take(by, line, now))


def _take(by: Scope, line: Line, now: datetime) -> str:
    staff, work = _staff(by, line), _work(by, line)
    same = {"day": work.day, "minutes": work.minutes, "kind": find_work_kind(work.kind).key, "note": work.note}
    if work_entries(by).filter(staff=staff, community=work.community, **same).exists():
        return "already"
    add_work(by=by, staff=staff, work=work, now=now)
    return "added"


def _staff(by: Scope, line: Line) -> Staff:
    if name := line.text("account"):
        return staff_called(name)
    mine = accounts(at=None).filter(pk=acting_account(by.actor) or 0).first()
    if mine is None:
        raise DomainError("missing_field", WHOSE)
    return mine


def _work(by: Scope, line: Line) -> Work:
    day = day_of(line.text("day"))
    if day is None:
        raise DomainError("missing_field", NO_DAY)
    minutes = line.text("minutes").removesuffix(".0")
    if not minutes.isdecimal() or len(minutes) > len(str(MOST_MINUTES)):
        raise DomainError("bad_minutes", BAD_MINUTES.fill(most=MOST_MINUTES))
    return Work(day, int(minutes), line.text("kind"), _community(by, line.text("community")), line.text("note"))


def _community(by: Scope, name: str) -> Community | None:
    if not name:
        return None
    there = communities(by).select_related("unit")
    found = list(there.filter(key=name)[:2]) or list(there.filter(name=name)[:2])
    if len(found) != 1:
        raise DomainError("unknown_community", NO_COMMUNITY.fill(name=name))
    return found[0]
