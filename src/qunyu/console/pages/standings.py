"""Who stands on which level, and who used which benefit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse

from qunyu.console.asking import Ask
from qunyu.console.choosing import chosen, none_yet
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.pages.points import MEMBER, MEMBER_ID
from qunyu.console.point_lists import Told, put_out
from qunyu.console.templatetags.showing import day, exact
from qunyu.kernel.words import Words
from qunyu.loyalty import benefits, levels

NOBODY_STANDS = Words(
    "还没有人有等级；保存等级后今晚会计算", "Nobody is on a level yet; everybody is looked at in the night after levels are saved"
)  # fmt: skip
NOTHING_USED = Words("还没有使用记录；在成员页上登记", "No benefit was used yet; note uses on a member’s page")
USES = (
    Column[Any]("at", Words("时间", "When"), lambda row: exact(row.at), lambda row: row.at, "at", fixed=True),
    Column[Any]("member", MEMBER, lambda row: row.member.own_identity.member.name),
    Column[Any]("member_id", MEMBER_ID, lambda row: row.member.own_identity.member.public_id, optional=True),
    Column[Any]("benefit", Words("权益", "Benefit"), lambda row: row.benefit.name, sort="benefit__name"),
    Column[Any]("note", Words("备注", "Note"), lambda row: row.note or "–"),
    Column[Any]("by", Words("操作人", "By"), lambda row: row.by_name, sort="by_name"),
)


def show_standings(request: Ask) -> HttpResponseBase:
    """Who stands on which level since when and why, its part, or its export."""
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "levels")
    scope, given = request.scope, request.GET
    ladder = levels.ladder(programme)
    named = [(each.public_id, each.name) for each in ladder]
    level = Filter("level", Words("等级", "Level"), named, given.get("level", ""))
    columns = (
        Column[Any]("member", MEMBER, lambda row: row.member.name, sort="member__name", fixed=True),
        Column[Any]("member_id", MEMBER_ID, lambda row: row.member.public_id, optional=True),
        Column[Any]("level", level.title, lambda row: row.level.name, sort="level__position"),
        Column[Any]("since", Words("开始日", "Since"), lambda row: day(row.since), lambda row: row.since, "since"),
        Column[Any]("until", Words("至少到", "Until at least"), lambda row: day(row.until), lambda row: row.until, "until"),
        Column[Any]("why", Words("原因", "Why"), lambda row: " · ".join(map(str, levels.reason_of(scope, row)))),
    )  # fmt: skip
    found = levels.standings(scope, programme, text=given.get("q", "").strip(), level=level.chosen)
    listing = Listing[Any](columns, given, "-level", lambda row: _page(row.member), chips=chips(given, [level]))
    told = Told(
        "levels", [level], NOBODY_STANDS, name="levels-people", tie="member", along=_steps(listing, found, ladder)
    )
    return put_out(request, programme, listing, found, told)


def _steps(listing: Listing[Any], found: QuerySet[Any, Any], ladder: Sequence[Any]) -> tuple[str, list[Any]] | None:
    """The people of `found` step by step, where they are listed so."""
    if listing.sort.lstrip("-") != "level":
        return None
    falling = listing.sort.startswith("-")
    order, steps = ("-member", reversed(ladder)) if falling else ("member", ladder)
    return "member", [found.filter(level=each).order_by(order).values_list("member", flat=True) for each in steps]


def show_uses(request: Ask) -> HttpResponseBase:
    """Every use of a benefit, its part, or its export."""
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "benefits")
    given = request.GET
    every = [(each.public_id, each.name) for each in benefits.benefits(programme, archived=True)]
    benefit = Filter("benefit", Words("权益", "Benefit"), every, given.get("benefit", ""))
    found = benefits.uses(request.scope, programme, text=given.get("q", "").strip(), benefit=benefit.chosen)
    listing = Listing[Any](USES, given, "-at", _use_link, chips=chips(given, [benefit]))
    return put_out(request, programme, listing, found, Told("benefits", [benefit], NOTHING_USED, name="benefit-uses"))


def _use_link(row: Any) -> str:
    return _page(row.member.own_identity.member)


def _page(member: Any) -> str:
    return reverse("console:member_points", args=[member.public_id])
