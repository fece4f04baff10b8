"""VIP communities: how one gets in, who is in without that, whose fee ends soon, and who could be invited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.communities.duties import local_day
from qunyu.communities.queries import communities_where
from qunyu.console.asking import Ask, answer
from qunyu.console.choosing import around, chosen, none_yet
from qunyu.console.forms import Form
from qunyu.console.inputs import Input, filled
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.pages.levels import EVERY, bar_inputs, first_bars, typed_bars
from qunyu.console.pages.points import MEMBER, MEMBER_ID
from qunyu.console.pages.programme import minor
from qunyu.console.point_lists import Told, put_out
from qunyu.console.templatetags.showing import day
from qunyu.kernel.errors import DomainError
from qunyu.kernel.money import currency_of, to_units
from qunyu.kernel.words import Words
from qunyu.loyalty import vip
from qunyu.loyalty.door import LISTS, at_door, counts, reasons
from qunyu.loyalty.levels import bars_kept, find_level, levels, said
from qunyu.loyalty.programmes import find_programme
from qunyu.reports.show import money

if TYPE_CHECKING:
    from qunyu.loyalty.models import Programme, VipCommunity

SAVED, GONE = Words("已保存", "Saved"), Words("已取消 VIP", "No longer a VIP community")
ON_A_PAGE = 25
AND, OR = Words("且", "and"), Words("或", "or")
BARS = Words("入群门槛", "Bars to come in")
NOBODY = Words("这个名单上没有人", "Nobody is on this list")
AT_DOOR = (
    Column[Any]("name", MEMBER, lambda row: row.name, sort="name", fixed=True),
    Column[Any]("member_id", MEMBER_ID, lambda row: row.public_id, optional=True),
    Column[Any]("level", Words("等级", "Level"), lambda row: row.level_name or "–", sort="level_place"),
    Column[Any]("until", Words("会费到期", "Paid until"), lambda row: day(row.until), lambda row: row.until, "until"),
    Column[Any]("why", Words("符合或欠缺", "Met, or missing"), lambda row: row.why),
)
NO_COMMUNITY = Words("请选择社群", "choose a community")
FROM_LEVEL, FOR_FEE = Words("等级达到“{level}”", "from the level “{level}” on"), Words("年费 {fee}", "{fee} a year")


def show_vip(request: Ask) -> HttpResponse:
    """The VIP communities with their counts."""
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "vip")
    mine = vip.vip_communities(request.scope).filter(programme=programme)
    page = Paginator(mine, ON_A_PAGE).get_page(request.GET.get("page", "1"))
    today = local_day(timezone.now())
    rows = [(each, terms(each), counts(request.scope, each, today)) for each in page.object_list]
    context = {**around(request, programme, "vip"), "rows": rows, "page": page}
    return answer(request, "points_vip", context)


def terms(row: VipCommunity) -> str:
    """How one gets in, in a line."""
    found = [str(FROM_LEVEL.fill(level=row.level.name))] if row.level else []
    bars = [str(each) for each in said(bars_kept(row.bars))]
    if bars:
        found.append(f" {AND if row.every else OR} ".join(bars))
    if row.fee is not None:
        found.append(str(FOR_FEE.fill(fee=money(row.fee, row.currency))))
    return " / ".join(found)


def mark_vip(request: Ask) -> HttpResponse:
    """The form that makes a community a VIP one, or changes how one gets in."""
    request.scope.require("settings.edit")
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "vip")
    form = Form.of(request, **_first(request))
    if request.method == "POST":
        try:
            _mark(request, form)
            messages.success(request, str(SAVED))
            return redirect("console:vip")
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    context = {
        **around(request, programme, "vip"),
        "form": form,
        "inputs": filled(form, _fields(request, programme)),
        "groups": [(BARS, [*filled(form, [EVERY]), *bar_inputs(form, "bars")], form.errors.get("bars", ""))],
        "title": Words("设为 VIP 社群", "Make it a VIP community"),
        "back": "console:vip",
    }
    return answer(request, "points_form", context, status=400 if form.errors else 200)


def _first(request: Ask) -> dict[str, str]:
    """What the form begins with: the terms of the community that the address names, where it has some."""
    community = request.GET.get("community", "")
    row = vip.vip_communities(request.scope).filter(community__public_id=community).first() if community else None
    if row is None:
        return {"community": community, "currency": "CNY", "bars.currency": "CNY"}
    found = {"community": community, "currency": row.currency or "CNY", "every": "yes" if row.every else ""}
    if row.level is not None:
        found["level"] = f"{row.programme.public_id}:{row.level.public_id}"
    if row.fee is not None:
        found["fee"] = str(to_units(row.fee, row.currency))
    return found | first_bars("bars", bars_kept(row.bars))


def _mark(request: Ask, form: Form) -> None:
    here = communities_where(request.scope, "settings.edit").filter(public_id=form.text("community"))
    community = here.select_related("unit").first()
    if community is None:
        raise DomainError("bad_vip", NO_COMMUNITY, field="community")
    currency = currency_of(form.text("currency"))
    level = None
    if form.text("level"):
        of, _, public_id = form.text("level").partition(":")
        level = find_level(find_programme(request.scope, of), public_id)
    fee = minor(form, "fee", currency)
    bars, every = typed_bars(form, "bars"), bool(form.text("every"))
    told = vip.Terms(level, fee, currency if fee is not None else "", bars, every)
    vip.mark(by=request.scope, community=community, terms=told, now=timezone.now())


def _fields(request: Ask, programme: Programme) -> tuple[Input, ...]:
    here = communities_where(request.scope, "settings.edit").order_by("name", "pk").values_list("public_id", "name")
    places = [("", Words("请选择", "choose one")), *here]
    some = [("", Words("不按等级", "not by level"))]
    some += [(f"{programme.public_id}:{each.public_id}", each.name) for each in levels(programme)]  # type: ignore[misc]
    return (
        Input("community", Words("社群", "Community"), "choice", options=places),
        Input("level", Words("等级达到", "From this level on"), "choice", options=some, half=True),
        Input("fee", Words("年费", "Fee a year"), half=True, longest=15, help=Words("留空表示不收费", "empty: no fee")),
        Input("currency", Words("币种", "Currency"), half=True, longest=3),
    )


def show_door(request: Ask, public_id: str) -> HttpResponseBase:
    """One VIP community's lists, their part, or their export; posted it becomes an ordinary one again."""
    request.scope.require("members.view")
    row, form = vip.find_vip(request.scope, public_id), Form.of(request)
    if request.method == "POST":
        try:
            vip.unmark(by=request.scope, vip=row, now=timezone.now())
            messages.success(request, str(GONE))
            return redirect("console:vip")
        except DomainError as error:
            form.refuse(error)
    name = request.GET.get("list", "")
    which = Filter("list", Words("名单", "List"), [each for each in LISTS.items() if each[0] != "present"], name, LISTS["present"])  # fmt: skip
    name = name if name in LISTS else "present"
    return _door(request, row, form, which, name)


def _door(request: Ask, row: VipCommunity, form: Form, which: Filter, name: str) -> HttpResponseBase:
    today, given = local_day(timezone.now()), request.GET
    found = at_door(request.scope, row, today, name, given.get("q", "").strip())
    listing = Listing[Any](AT_DOOR, given, "name", _page, chips=chips(given, [which]))
    listing.dress = lambda rows: dress(request, row, rows)
    # An htmx part and an export show no counts: they need not be asked.
    whole_page = not request.htmx and not given.get("export")
    told = counts(request.scope, row, today) if whole_page else {}
    numbers = [(title, told[key], f"?list={key}", key == name) for key, title in LISTS.items() if key in told]
    more = {"form": form, "row": row, "terms": terms(row), "numbers": numbers}
    status = 400 if form.errors else 200
    around_it = Told("vip", [which], NOBODY, name=f"vip-{name}", page="points_door", status=status, more=more)
    return put_out(request, row.programme, listing, found, around_it)


def dress(request: Ask, row: VipCommunity, rows: Sequence[Any]) -> None:
    """Puts on people at the door why they may be in, or what is missing."""
    found = reasons(request.scope, row, rows, local_day(timezone.now()))
    for each in rows:
        each.why = " · ".join(map(str, found[each.pk]))


def _page(row: Any) -> str:
    return reverse("console:member_points", args=[row.public_id])
