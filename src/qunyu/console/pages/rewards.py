"""Rewards: the catalogue, the form of one, and every redemption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.choosing import around, chosen, found_in, none_yet
from qunyu.console.forms import Form
from qunyu.console.inputs import Input, day, filled, needed, number
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.point_lists import Told, put_out
from qunyu.console.templatetags.showing import day as shown_day
from qunyu.console.templatetags.showing import exact, whole
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied
from qunyu.kernel.words import Words
from qunyu.loyalty import rewards
from qunyu.loyalty.levels import find_level, levels
from qunyu.loyalty.rewards import STATES, Prize, find_redemption, find_reward

if TYPE_CHECKING:
    from qunyu.loyalty.models import Programme, Reward

SAVED, ARCHIVED = Words("已保存", "Saved"), Words("已下架", "Taken off the offer")
HANDED, CANCELLED = (
    Words("已登记领取", "Noted as handed over"),
    Words("已取消，积分和库存已退回", "Cancelled; points and stock are back"),
)
NO_REWARDS = Words("还没有奖品；点“新增奖品”上架第一件", "No rewards yet; add the first one")
NO_REDEMPTIONS = Words("还没有兑换；在成员页上兑换", "Nothing is redeemed yet; redeem on a member’s page")
GONE, OFFERED = Words("已下架", "off the offer"), Words("在架", "on offer")
UNLIMITED = Words("不限", "no limit")


def _or_unlimited(value: int | None) -> object:
    return UNLIMITED if value is None else whole(value)


COLUMNS = (
    Column[Any]("name", Words("奖品", "Reward"), lambda row: row.name, sort="name", fixed=True),
    Column[Any]("price", Words("积分", "Points"), lambda row: whole(row.price), lambda row: row.price, "price", number=True),
    Column[Any]("stock", Words("库存", "Stock"), lambda row: _or_unlimited(row.stock), lambda row: row.stock, "stock", number=True),
    Column[Any]("taken", Words("已兑换", "Redeemed"), lambda row: whole(row.taken), lambda row: row.taken, "taken", number=True),
    Column[Any]("per_person", Words("每人限", "Each person"), lambda row: _or_unlimited(row.per_person), lambda row: row.per_person, number=True),
    Column[Any]("level", Words("需要等级", "Level needed"), lambda row: row.level.name if row.level else "–"),
    Column[Any]("last_day", Words("截止", "Until"), lambda row: shown_day(row.last_day), lambda row: row.last_day, "last_day"),
    Column[Any]("state", Words("状态", "State"), lambda row: GONE if row.archived_at else OFFERED),
)  # fmt: skip
REDEEMED = (
    Column[Any]("at", Words("时间", "When"), lambda row: exact(row.at), lambda row: row.at, "at", fixed=True),
    Column[Any]("member", Words("成员", "Member"), lambda row: row.member.name if row.member else "–", sort="member__name"),
    Column[Any]("reward", Words("奖品", "Reward"), lambda row: row.reward.name, sort="reward__name"),
    Column[Any]("points", Words("积分", "Points"), lambda row: whole(row.points), lambda row: row.points, "points", number=True),
    Column[Any]("state", Words("状态", "State"), lambda row: STATES[row.state], sort="state"),
    Column[Any]("by", Words("操作人", "By"), lambda row: row.by_name),
    Column[Any]("note", Words("备注", "Note"), lambda row: row.note or "–", optional=True),
    Column[Any]("ended", Words("领取或取消", "Ended"), lambda row: exact(row.ended_at), lambda row: row.ended_at, "ended_at", optional=True),
)  # fmt: skip


def show_rewards(request: Ask) -> HttpResponseBase:
    """The catalogue, its part, or its export."""
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "rewards")
    state = Filter(
        "state", Words("状态", "State"), [("all", Words("含已下架", "Off the offer too"))], request.GET.get("state", "")
    )
    found = rewards.rewards(programme, archived=state.chosen == "all")
    may = request.scope.may("settings.edit", programme.unit_id)
    listing = Listing[Any](COLUMNS, request.GET, "price", _reward_link if may else lambda row: "", chips=chips(request.GET, [state]))  # fmt: skip
    text = request.GET.get("q", "").strip()
    return put_out(
        request, programme, listing, found.filter(name__icontains=text), Told("rewards", [state], NO_REWARDS)
    )


def _reward_link(row: Any) -> str:
    return reverse("console:reward", args=[row.public_id])


def edit_reward(request: Ask, public_id: str = "") -> HttpResponse:
    """The form of a reward; `do` archive takes it off the offer."""
    request.scope.require("settings.edit")
    reward = found_in(request.scope, find_reward, public_id) if public_id else None
    programme = reward.programme if reward else chosen(request)
    if programme is None:
        return none_yet(request, "rewards")
    if not request.scope.may("settings.edit", programme.unit_id):
        raise Denied("settings.edit")
    form = Form.of(request, **_first(reward))
    seen = form.text("stock_seen") if request.method == "POST" else form.text("stock")
    if request.method == "POST":
        try:
            return _done(request, form, programme, reward)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
            seen = str(error.data.get("there", seen))
    context = {
        **around(request, programme, "rewards"),
        "form": form,
        "inputs": filled(form, _fields(programme)),
        "title": reward.name if reward else Words("新增奖品", "Add a reward"),
        "thing": reward,
        "hidden": [("stock_seen", seen)] if reward else [],
        "back": "console:rewards",
    }
    return answer(request, "points_form", context, status=400 if form.errors else 200)


def _done(request: Ask, form: Form, programme: Programme, reward: Reward | None) -> HttpResponse:
    now = timezone.now()
    if request.POST.get("do") in ("archive", "restore") and reward is not None:
        gone = request.POST["do"] == "archive"
        rewards.archive_reward(by=request.scope, reward=reward, archived=gone, now=now)
        messages.success(request, str(ARCHIVED if gone else SAVED))
        return redirect("console:rewards")
    prize = Prize(
        form.text("name"),
        needed(form, "price"),
        form.text("note"),
        number(form, "stock"),
        number(form, "per_person"),
        find_level(programme, form.text("level")) if form.text("level") else None,
        day(form, "first_day"),
        day(form, "last_day"),
        number(form, "stock_seen") if "stock_seen" in form.given else rewards.ANY,
    )
    rewards.save_reward(by=request.scope, programme=programme, reward=reward, prize=prize, now=now)
    messages.success(request, str(SAVED))
    return redirect("console:rewards")


def _fields(programme: Programme) -> tuple[Input, ...]:
    some = [("", Words("不限", "any"))] + [(each.public_id, each.name) for each in levels(programme)]
    return (
        Input("name", Words("名称", "Name"), required=True, longest=60, half=True),
        Input("price", Words("积分价格", "Price in points"), "number", required=True, half=True),
        Input("stock", Words("库存", "Stock"), "number", half=True, help=Words("留空表示不限", "empty: without end")),
        Input("per_person", Words("每人最多", "For each person at most"), "number", half=True, help=Words("留空表示不限", "empty: no limit")),
        Input("level", Words("需要等级", "Level needed"), "choice", options=some, half=True),
        Input("first_day", Words("开始日", "From"), "date", half=True),
        Input("last_day", Words("截止日", "Until"), "date", half=True),
        Input("note", Words("说明", "Note")),
    )  # fmt: skip


def _first(reward: Reward | None) -> dict[str, str]:
    if reward is None:
        return {}
    numbers = {name: getattr(reward, name) for name in ("price", "stock", "per_person")}
    days = {name: getattr(reward, name) for name in ("first_day", "last_day")}
    return {
        "name": reward.name,
        "note": reward.note,
        "level": reward.level.public_id if reward.level else "",
        **{name: "" if value is None else str(value) for name, value in numbers.items()},
        **{name: "" if value is None else value.isoformat() for name, value in days.items()},
    }


def show_redemptions(request: Ask) -> HttpResponseBase:
    """Every redemption, its part, or its export."""
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "redemptions")
    state = Filter("state", Words("状态", "State"), list(STATES.items()), request.GET.get("state", ""))
    found = rewards.redemptions(request.scope, programme)
    if state.chosen in STATES:
        found = found.filter(state=state.chosen)
    text = request.GET.get("q", "").strip()
    if text:
        found = found.filter(Q(member__name__icontains=text) | Q(reward__name__icontains=text))
    listing = Listing[Any](REDEEMED, request.GET, "-at", _redemption_link, chips=chips(request.GET, [state]))
    return put_out(request, programme, listing, found, Told("redemptions", [state], NO_REDEMPTIONS))


def _redemption_link(row: Any) -> str:
    return reverse("console:redemption", args=[row.public_id])


def show_redemption(request: Ask, public_id: str) -> HttpResponse:
    """One redemption; posted with `do` it is handed over or cancelled."""
    request.scope.require("members.view")
    redemption = find_redemption(request.scope, public_id)
    form = Form.of(request)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "cancel":
                rewards.cancel(by=request.scope, redemption=redemption, reason=form.text("reason"), now=timezone.now())
                messages.success(request, str(CANCELLED))
            else:
                rewards.hand_over(by=request.scope, redemption=redemption, now=timezone.now())
                messages.success(request, str(HANDED))
            return redirect("console:redemption", public_id)
        except DomainError as error:
            form.refuse(error)
    context = {
        **around(request, redemption.reward.programme, "redemptions"),
        "form": form,
        "redemption": redemption,
        "state": STATES[redemption.state],
    }
    return answer(request, "points_redemption", context, status=400 if form.errors else 200)
