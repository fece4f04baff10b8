"""One offer: what came of giving it, and giving it to the people of a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.inputs import Input, filled, needed
from qunyu.console.pages.offers import types_text, valid_text
from qunyu.console.pages.prospects import rate_text
from qunyu.console.templatetags.showing import whole
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id
from qunyu.kernel.words import Words
from qunyu.members.contacts import CHANNELS
from qunyu.offers.actions import Drawn, Plan, archive_offer, draw, give_offer, may_give, require_giving
from qunyu.offers.against import left_out_words
from qunyu.offers.kinds import KINDS
from qunyu.offers.queries import find_offer, givings_of, last_order_day
from qunyu.offers.results import Result, results
from qunyu.reports.show import money
from qunyu.segments.queries import find_segment, segments

if TYPE_CHECKING:
    from qunyu.offers.models import Giving, Offer

GIVEN = Words(
    "已登记给 {n} 人；请按名单发出，系统不会自动发送",
    "Noted as given to {n} people; send it to them yourself, nothing is sent",
)
AWAY, BACK = Words("方案已收起", "The offer is put away"), Words("方案已恢复", "The offer is in use again")
BY_LOT, BEFORE = (
    Words("抽签留出的人", "Left out by lot"),
    Words("同样这些人、之前同样的天数", "The same people, as many days before"),
)
DIFFERENCE = Words(
    "相差 {value:+.1f} 个百分点（{low:+.1f} 至 {high:+.1f}）",
    "{value:+.1f} percentage points ({low:+.1f} to {high:+.1f})",
)
EARLY = Words("还太早：要等 {days} 天过完、订单导入", "too early: {days} days must be over and their orders imported")
FEW = Words("人数或订单太少，不能下结论", "too few people or orders to say anything")
NO_EFFECT = Words("区间包含 0：还看不出作用", "the interval holds 0: no effect is shown so far")
CAUSAL = Words("抽签留出的比较，可以看作方案的作用", "by lot: the difference can be taken for the offer’s doing")
OVERLAPPED = Words(
    "留出的人里有人在这些天里又得到了这个方案，不再是公平的比较",
    "some of those left out got the offer by another giving in these days: the comparison is no longer fair",
)
NOT_CAUSAL = Words("前后比较，不能说明是方案的作用", "before and after: that does not show it was the offer")
SHOWN = 50


def show_offer(request: Ask, public_id: str) -> HttpResponse:
    """The page; posted, the offer is put away or in use again."""
    offer = find_offer(request.scope, public_id)
    if request.method == "POST":
        archived = request.POST.get("did") == "archive"
        archive_offer(by=request.scope, offer=offer, archived=archived, now=timezone.now())
        messages.success(request, str(AWAY if archived else BACK))
        return redirect("console:offer", public_id)
    givings = list(givings_of(offer).select_related("offer__unit", "segment")[:SHOWN])
    found = results(request.scope, givings, last_order_day(request.scope, offer.unit))
    context = {
        "offer": offer,
        "kind": KINDS[offer.kind],
        "types": types_text(offer),
        "valid": valid_text(offer),
        "price": "" if offer.price is None else money(offer.price, offer.currency),
        "cost": "" if offer.cost is None else money(offer.cost, offer.currency),
        "results": [_line(each) for each in found],
        "may_give": may_give(request.scope, offer),
        "may_set": request.scope.may("settings.edit", offer.unit_id),
    }
    return answer(request, "offer", context)


def _line(each: Result) -> dict[str, Any]:
    return {
        "giving": each.giving,
        "channel": CHANNELS[each.giving.channel],
        "terms": terms_text(each.giving),
        "given": rate_text(each.given),
        "beside": BY_LOT if each.drawn else BEFORE,
        "others": rate_text(each.others),
        "told": _told(each),
        "caution": _caution(each),
    }


def _caution(each: Result) -> Words | str:
    if each.overlapped:
        return OVERLAPPED
    if not each.drawn:
        return NOT_CAUSAL
    if each.told is None:
        return ""
    return NO_EFFECT if each.told[1] <= 0 <= each.told[2] else CAUSAL


def terms_text(giving: Giving) -> str:
    """What was given, as it was then."""
    price = None if giving.price is None else money(giving.price, giving.currency)
    percent = None if giving.percent is None else f"{giving.percent} %"
    return " · ".join(str(each) for each in (KINDS[giving.kind].title, price, percent) if each)


def _told(each: Result) -> Words | str:
    if not each.over:
        return EARLY.fill(days=each.giving.days)
    if not each.drawn:
        return ""
    if each.told is None:
        return FEW
    value, low, high = (100 * number for number in each.told)
    return Words(
        DIFFERENCE.zh.format(value=value, low=low, high=high), DIFFERENCE.en.format(value=value, low=low, high=high)
    )


def give(request: Ask, public_id: str) -> HttpResponse:
    """First whom, then how many that is and who is left out, then kept."""
    offer = find_offer(request.scope, public_id)
    require_giving(request.scope, offer)
    form = Form.of(request, key=new_public_id(), days="14", holdout="10", segment=request.GET.get("segment", ""))
    drawn: Drawn | None = None
    if request.method == "POST":
        try:
            found = _given(request, offer, form)
            if not isinstance(found, Drawn):
                return redirect("console:giving", public_id, found.public_id)
            drawn = found
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    context = {
        "offer": offer,
        "form": form,
        "inputs": filled(form, _inputs(request)),
        "drawn": drawn,
        "counts": (whole(len(drawn.given)), whole(len(drawn.held))) if drawn else (),
        "left_out": [(left_out_words()[code], whole(count)) for code, count in drawn.left_out.items() if count]
        if drawn
        else [],
    }
    return answer(request, "offer_give", context, status=400 if form.errors else 200)


def _given(request: Ask, offer: Offer, form: Form) -> Drawn | Giving:
    """Who it would be, or what is kept."""
    scope, now = request.scope, timezone.now()
    if not form.text("segment"):
        raise DomainError("bad_giving", Words("请选择人群", "choose a segment"), field="segment")
    plan = Plan(form.text("channel"), needed(form, "days"), needed(form, "holdout"))
    segment = find_segment(scope, form.text("segment"))
    if form.text("do") != "give":
        return draw(by=scope, offer=offer, segment=segment, plan=plan, seed=offer.public_id, now=now)
    key = form.text("key")[:PUBLIC_ID_LENGTH]
    giving = give_offer(by=scope, offer=offer, segment=segment, plan=plan, now=now, key=key)
    messages.success(request, str(GIVEN.fill(n=giving.given)))
    return giving


def _inputs(request: Ask) -> list[Input]:
    return [
        Input("segment", Words("人群", "Segment"), "choice", options=[("", "–"), *((each.public_id, each.name) for each in segments(request.scope))]),
        Input("channel", Words("渠道", "Channel"), "choice", options=list(CHANNELS.items())),
        Input("days", Words("看多少天内的订单", "Orders count for so many days"), "number", half=True),
        Input("holdout", Words("抽签留出（%）", "Left out by lot (%)"), "number", half=True,
              help=Words("留出的人不给方案，才能知道方案有没有用；0 表示不留", "they do not get it, so that its effect can be told; 0 for none")),
    ]  # fmt: skip
