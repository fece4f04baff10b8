"""VIP communities: how one gets in, who is in without that, whose fee ends soon, and who could be invited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.communities.duties import local_day
from qunyu.communities.queries import communities_where
from qunyu.console.asking import Ask, answer
from qunyu.console.choosing import around, chosen, none_yet
from qunyu.console.forms import Form
from qunyu.console.inputs import Input, filled
from qunyu.console.pages.programme import minor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.money import currency_of
from qunyu.kernel.words import Words
from qunyu.loyalty import vip
from qunyu.loyalty.levels import find_level, levels
from qunyu.loyalty.programmes import find_programme
from qunyu.reports.show import money

if TYPE_CHECKING:
    from qunyu.loyalty.models import Programme, VipCommunity

SAVED, GONE = Words("已保存", "Saved"), Words("已取消 VIP", "No longer a VIP community")
NO_COMMUNITY = Words("请选择社群", "choose a community")
FROM_LEVEL, FOR_FEE = Words("等级达到“{level}”", "from the level “{level}” on"), Words("年费 {fee}", "{fee} a year")


def show_vip(request: Ask) -> HttpResponse:
    """The VIP communities with their counts."""
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "vip")
    mine = [each for each in vip.vip_communities(request.scope) if each.programme_id == programme.pk]
    today = local_day(timezone.now())
    rows = [(each, terms(each), vip.door(request.scope, each, today)) for each in mine]
    return answer(request, "points_vip", {**around(request, programme, "vip"), "rows": rows})


def terms(row: VipCommunity) -> str:
    """How one gets in, in a line."""
    found = [str(FROM_LEVEL.fill(level=row.level.name))] if row.level else []
    if row.fee is not None:
        found.append(str(FOR_FEE.fill(fee=money(row.fee, row.currency))))
    return " / ".join(found)


def mark_vip(request: Ask) -> HttpResponse:
    """The form that makes a community a VIP one, or changes how one gets in."""
    request.scope.require("settings.edit")
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "vip")
    form = Form.of(request, community=request.GET.get("community", ""), currency="CNY")
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
        "title": Words("设为 VIP 社群", "Make it a VIP community"),
        "back": "console:vip",
    }
    return answer(request, "points_form", context, status=400 if form.errors else 200)


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
    told = vip.Terms(level, fee, currency if fee is not None else "")
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


def show_door(request: Ask, public_id: str) -> HttpResponse:
    """One VIP community's lists; posted it becomes an ordinary one again."""
    request.scope.require("members.view")
    row = vip.find_vip(request.scope, public_id)
    form = Form.of(request)
    if request.method == "POST":
        try:
            vip.unmark(by=request.scope, vip=row, now=timezone.now())
            messages.success(request, str(GONE))
            return redirect("console:vip")
        except DomainError as error:
            form.refuse(error)
    found = vip.door(request.scope, row, local_day(timezone.now()))
    lists = [
        (Words("在群但不符合条件", "In, without the right to be"), "user-question", found.unmet, found.counts[0]),
        (Words("会费 30 天内到期", "The fee ends within 30 days"), "calendar-due", found.ending, found.counts[1]),
        (Words("符合条件、可以邀请", "Could be invited"), "user-plus", found.invite, found.counts[2]),
    ]
    context = {**around(request, row.programme, "vip"), "form": form, "row": row, "terms": terms(row), "lists": lists, "present": found.present}  # fmt: skip
    return answer(request, "points_door", context, status=400 if form.errors else 200)
