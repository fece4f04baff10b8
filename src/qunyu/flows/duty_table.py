"""Duty table: who runs which community, and who that is in its chat, out of a CSV or XLSX."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from qunyu.communities.duties import give_duty, keep_past_duty
from qunyu.communities.duty_queries import running
from qunyu.communities.queries import communities_where
from qunyu.events.columns import Kind
from qunyu.flows.given_tables import Line, Taken, day_of, each_line, lines_of
from qunyu.kernel.errors import DomainError
from qunyu.kernel.platform_ids import keyed_id
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.queries import memberships
from qunyu.members.staff_links import link, links
from qunyu.people.queries import staff_called

if TYPE_CHECKING:
    from qunyu.communities.models import Community
    from qunyu.members.models import Member

TITLES = {
    "community": "社群 community",
    "account": "账号 account",
    "kind": "职责 duty",
    "platform": "平台 platform",
    "member": "群内成员 member",
    "since": "开始 since",
    "until": "结束 until",
}
KIND = Kind(
    fields={
        "community": tuple("社群 community 社群名称 群名称 群名 群聊名称 communityname group groupname".split()),
        "account": tuple("账号 account 用户名 帐号 username user staff".split()),
        "kind": tuple("职责 duty kind 职务 岗位 role".split()),
        "platform": tuple("平台 platform".split()),
        "since": tuple("开始 since 开始日期 起".split()),
        "until": tuple("结束 until 结束日期 止".split()),
        "member": tuple("群内成员 member chatperson 群昵称 成员 成员id memberid".split()),
    },
    needs=(("community",), ("account",), ("kind",)),
    tells=("kind",),
)

UNKNOWN_COMMUNITY = Words(
    "没有您可以编辑的社群“{name}”；请写社群名称或平台群号",
    "there is no community “{name}” that you may edit; write its name or the platform’s id",
)
SEVERAL = Words(
    "有 {n} 个社群叫“{name}”；请加“平台”列或写平台群号",
    "{n} communities are called “{name}”; add a platform column or write the platform’s id",
)
NO_MEMBER = Words(
    "社群里没有您能看到的成员“{name}”；请写群昵称或平台账号",
    "“{name}” is nobody in that community whom you may see; write the name there or the platform’s id",
)
SEVERAL_MEMBERS = Words(
    "社群里有 {n} 个成员叫“{name}”；请写平台账号",
    "{n} people in that community are called “{name}”; write the platform’s id",
)
EMPTY = Words("社群、账号和职责都要填写", "community, account and duty must be filled in")


@transaction.atomic
def take_duties(*, by: Scope, name: str, data: bytes, now: datetime) -> Taken:
    """Gives the duties of the table and links the people it names; duties that run already stay, those with an end are kept as history.

    Raises Denied; DomainError bad_table or bad_lines (nothing has then changed).
    """
    by.require("communities.edit")
    lines = lines_of(name, data, KIND, TITLES, "姓名 name")
    return each_line(lines, lambda line: _take(by, line, now))


def _take(by: Scope, line: Line, now: datetime) -> str:
    if not all(line.text(each) for each in ("community", "account", "kind")):
        raise DomainError("missing_field", EMPTY)
    community, staff = _community(by, line), staff_called(line.text("account"))
    since, until = day_of(line.text("since")), day_of(line.text("until"))
    if until is not None:
        days = (since or until, until)
        kept = keep_past_duty(by=by, community=community, staff=staff, kind=line.text("kind"), days=days, now=now)
        return "added" if kept else "already"
    before = {each.pk for each in running(by).filter(community=community, staff=staff)}
    duty = give_duty(by=by, community=community, staff=staff, kind=line.text("kind"), now=now, since=since)
    told = "already" if duty.pk in before else "added"
    if not line.text("member"):
        return told
    member = _member(by, community, line.text("member"))
    linked = links([staff.pk]).get(member.pk) == staff.pk
    link(by=by, member=member, staff=staff, now=now)
    return told if linked else f"{told} linked"


def _community(by: Scope, line: Line) -> Community:
    name, there = line.text("community"), communities_where(by, "communities.edit").select_related("unit")
    if platform := line.text("platform").casefold():
        there = there.filter(platform=platform)
    found = list(there.filter(key=name)) or list(there.filter(name=name)[:50])
    if len(found) == 1:
        return found[0]
    message = SEVERAL.fill(n=len(found), name=name) if found else UNKNOWN_COMMUNITY.fill(name=name)
    raise DomainError("several_communities" if found else "unknown_community", message)


def _member(by: Scope, community: Community, name: str) -> Member:
    there = memberships(by).filter(community=community).select_related("identity__member")
    rows = list(there.filter(identity__key__in=(name, keyed_id(name)))) or list(there.filter(identity__name=name)[:50])
    found = {each.identity.member.pk: each.identity.member for each in rows}
    if len(found) == 1:
        return next(iter(found.values()))
    message = SEVERAL_MEMBERS.fill(n=len(found), name=name) if found else NO_MEMBER.fill(name=name)
    raise DomainError("several_members" if found else "unknown_member", message)
