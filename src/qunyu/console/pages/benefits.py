"""Benefits: the matrix of levels and benefits, and the form of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.choosing import around, chosen, found_in, none_yet
from qunyu.console.forms import Form
from qunyu.console.inputs import Input, filled, number, several
from qunyu.console.pages.levels import tier_values
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied
from qunyu.kernel.words import Words
from qunyu.loyalty import benefits
from qunyu.loyalty.benefits import KINDS, PERIODS, Offer, find_benefit
from qunyu.loyalty.levels import levels

if TYPE_CHECKING:
    from qunyu.loyalty.models import Benefit, Programme

SAVED, ARCHIVED = Words("已保存", "Saved"), Words("已停用", "Taken off the offer")
OFF, QUOTA = Words("减 {percent}%", "{percent} % off"), Words("{period} {n} 次", "{n} × {period}")


def show_benefits(request: Ask) -> HttpResponse:
    """Levels and tiers by benefits."""
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "benefits")
    ladder, tiers = levels(programme), tier_values()
    rows = [
        (
            each,
            terms(each),
            [level in each.levels.all() for level in ladder],
            [tier.code in each.tiers for tier in tiers],
        )
        for each in benefits.benefits(programme)
    ]
    context = {**around(request, programme, "benefits"), "levels": ladder, "tiers": tiers, "rows": rows}
    return answer(request, "points_benefits", context)


def terms(benefit: Benefit) -> str:
    """What a benefit is, in a line: its kind, per cent off and quota."""
    found = [str(KINDS[benefit.kind])]
    if benefit.percent:
        found.append(str(OFF.fill(percent=benefit.percent)))
    if benefit.quota is not None:
        found.append(str(QUOTA.fill(period=PERIODS[benefit.period], n=benefit.quota)))
    return " · ".join([*found, *([benefit.note] if benefit.note else [])])


def edit_benefit(request: Ask, public_id: str = "") -> HttpResponse:
    """The form of a benefit; `do` archive takes it off the offer."""
    request.scope.require("settings.edit")
    benefit = found_in(request.scope, find_benefit, public_id) if public_id else None
    programme = benefit.programme if benefit else chosen(request)
    if programme is None:
        return none_yet(request, "benefits")
    if not request.scope.may("settings.edit", programme.unit_id):
        raise Denied("settings.edit")
    form = Form.of(request, **_first(benefit))
    if request.method == "POST":
        try:
            return _done(request, form, programme, benefit)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    context = {
        **around(request, programme, "benefits"),
        "form": form,
        "inputs": filled(form, _fields(programme)),
        "title": benefit.name if benefit else Words("新增权益", "Add a benefit"),
        "thing": benefit,
        "back": "console:benefits",
    }
    return answer(request, "points_form", context, status=400 if form.errors else 200)


def _done(request: Ask, form: Form, programme: Programme, benefit: Benefit | None) -> HttpResponse:
    now = timezone.now()
    if request.POST.get("do") in ("archive", "restore") and benefit is not None:
        gone = request.POST["do"] == "archive"
        benefits.archive_benefit(by=request.scope, benefit=benefit, archived=gone, now=now)
        messages.success(request, str(ARCHIVED if gone else SAVED))
        return redirect("console:benefits")
    ids = {each.public_id: each.pk for each in levels(programme)}
    offer = Offer(
        form.text("name"),
        form.text("kind"),
        number(form, "percent") if form.text("kind") == "discount" else None,
        form.text("note"),
        number(form, "quota"),
        form.text("period"),
        [ids[each] for each in several(form, "levels") if each in ids],
        [each.code for each in tier_values() if each.code in several(form, "tiers")],
    )
    benefits.save_benefit(by=request.scope, programme=programme, benefit=benefit, offer=offer, now=now)
    messages.success(request, str(SAVED))
    return redirect("console:benefits")


def _fields(programme: Programme) -> tuple[Input, ...]:
    return (
        Input("name", Words("名称", "Name"), required=True, longest=60, half=True),
        Input("kind", Words("种类", "Kind"), "choice", options=[*KINDS.items()], half=True),
        Input("percent", Words("减百分之几", "Per cent off"), "number", half=True, help=Words("只用于折扣", "for a discount only")),
        Input("quota", Words("次数", "How often"), "number", half=True, help=Words("留空表示不限", "empty: without a limit")),
        Input("period", Words("周期", "In which period"), "choice", options=[*PERIODS.items()], half=True),
        Input("note", Words("说明", "Note")),
        Input("levels", Words("适用等级", "For the levels"), "choices", options=[(each.public_id, each.name) for each in levels(programme)]),
        Input("tiers", Words("适用分层", "For the tiers"), "choices", options=[(each.code, each.title) for each in tier_values()]),
    )  # fmt: skip


def _first(benefit: Benefit | None) -> dict[str, str]:
    if benefit is None:
        return {"kind": "text", "period": "month"}
    return {
        "name": benefit.name,
        "kind": benefit.kind,
        "percent": str(benefit.percent or ""),
        "quota": str(benefit.quota or ""),
        "period": benefit.period,
        "note": benefit.note,
        "levels": "\n".join(each.public_id for each in benefit.levels.all()),
        "tiers": "\n".join(benefit.tiers),
    }
