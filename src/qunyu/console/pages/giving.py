"""One giving of an offer: who got it, and who was left out by lot."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.pages.offer import terms_text
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.contacting import CHANNELS, TO_MANY
from qunyu.offers.actions import may_give, require_giving
from qunyu.offers.queries import find_giving, find_offer, received
from qunyu.offers.taking_back import KEPT, still_open, take_back_giving

GOT, HELD = Words("给", "Give it to them"), Words("不给（抽签留出）", "Not to them (left out by lot)")
NOBODY = Words("没有您能看到的人", "Nobody whom you may see")
TAKEN_BACK = Words("已撤回：{n} 人的登记已删除", "Taken back: {n} people are off it")
SIDES = {"given": False, "held": True}
COLUMNS = (
    Column[Any]("name", Words("成员", "Member"), lambda row: row.head, sort="head", fixed=True),
    Column[Any]("held", Words("给不给", "Give it?"), lambda row: HELD if row.held else GOT, sort="held"),
    Column[Any]("member_id", Words("成员编号", "Member id"), lambda row: row.head_id, optional=True),
)


def show_giving(request: Ask, public_id: str, giving_id: str) -> HttpResponseBase:
    """The list, its part, or its export."""
    scope, given = request.scope, request.GET
    offer = find_offer(scope, public_id)
    giving = find_giving(offer, giving_id)
    sides = [("given", Words("得到方案的人", "Those who get it")), ("held", Words("抽签留出的人", "Left out by lot"))]
    side = Filter("side", Words("谁", "Who"), sides, given.get("side", "") if given.get("side") in SIDES else "")
    listing = Listing[Any](COLUMNS, given, "name", lambda row: reverse("console:member", args=[row.head_id]))
    listing.chips = chips(given, [side])
    search = given.get("q", "").strip()
    rows = listing.ordered(received(scope, giving, SIDES.get(side.chosen), search))
    file = listing.export(rows, "offer")
    if file is not None:
        return file
    listing.put(rows)
    context: dict[str, Any] = {
        "offer": offer,
        "giving": giving,
        "channel": CHANNELS[giving.channel],
        "terms": terms_text(giving),
        "filters": [side],
        "search": search,
        "listing": listing,
        "nothing_yet": "" if listing.chips else NOBODY,
        "may_take_back": still_open(giving, timezone.now()) and may_give(scope, offer),
    }
    return answer(request, "giving", context, part="_list")


def take_back(request: Ask, public_id: str, giving_id: str) -> HttpResponse:
    """First what goes with it, then it is undone."""
    offer = find_offer(request.scope, public_id)
    require_giving(request.scope, offer)
    giving = find_giving(offer, giving_id)
    refused, status = (None if still_open(giving, timezone.now()) else KEPT), 200
    if request.method == "POST":
        try:
            count = take_back_giving(by=request.scope, giving=giving, now=timezone.now())
            messages.success(request, str(TAKEN_BACK.fill(n=count)))
            return redirect("console:offer", public_id)
        except DomainError as error:
            if error.code != "giving_kept":
                raise
            refused, status = error.message, 409
    context = {"offer": offer, "giving": giving, "refused": refused, "one_to_one": giving.channel not in TO_MANY}
    return answer(request, "giving_back", context, status=status)
