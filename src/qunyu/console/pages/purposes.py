"""Purposes of consents: the list for whoever protects personal data, and the form of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.inputs import Input, filled
from qunyu.console.lists import Column, Listing, chips
from qunyu.console.templatetags.showing import whole
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.queries import unit_in, units_in
from qunyu.privacy import purposes, queries
from qunyu.privacy.consents import PURPOSES
from qunyu.privacy.requests import NEEDED

if TYPE_CHECKING:
    from qunyu.privacy.models import Purpose

SAVED, RETIRED = Words("已保存", "Saved"), Words("已停用；已有的记录保留", "Retired; what people said stays on record")
OURS, OPEN, CLOSED = Words("内置", "Built in"), Words("启用", "In use"), Words("已停用", "Retired")


@dataclass(frozen=True)
class Row:
    """One purpose as the list shows it, with how many people have agreed."""

    key: str
    words: Words
    unit: str
    state: Words
    granted: int
    public_id: str = ""

    @property
    def name(self) -> str:
        """What it is called, as the reader reads it."""
        return str(self.words)


COLUMNS = (
    Column[Row]("name", Words("目的", "Purpose"), lambda row: row.words, sort="name", fixed=True),
    Column[Row]("key", Words("代码", "Key"), lambda row: row.key, sort="key"),
    Column[Row]("unit", Words("组织单位", "Unit"), lambda row: row.unit, sort="unit"),
    Column[Row]("state", Words("状态", "State"), lambda row: row.state),
    Column[Row]("granted", Words("同意人数", "People who agreed"), lambda row: whole(row.granted), lambda row: row.granted, "granted", number=True),
)  # fmt: skip


def show_purposes(request: Ask) -> HttpResponseBase:
    """Every purpose, built in or a unit's own, their part, or their export."""
    own, text = purposes.own_purposes(request.scope), request.GET.get("q", "").strip()
    counts = queries.consent_counts(request.scope)
    rows = [*(Row(key, words, "–", OURS, _granted(counts, key)) for key, words in PURPOSES.items())]
    for each in own:
        words = Words(each.name_zh, each.name_en)
        state = CLOSED if each.archived_at else OPEN
        rows.append(Row(each.key, words, each.unit.name, state, _granted(counts, each.key), each.public_id))
    found = [each for each in rows if text.casefold() in f"{each.key} {each.words.zh} {each.words.en}".casefold()]
    listing = Listing[Row](COLUMNS, request.GET, "name", _link, chips=chips(request.GET, []))
    arranged = listing.arranged(found)
    file = listing.export(arranged, "purposes")
    if file is not None:
        return file
    return answer(request, "purposes", {"listing": listing.put(arranged), "search": text}, part="_list")


def _granted(counts: Mapping[str, Any], key: str) -> int:
    return int(counts[key]["granted"]) if key in counts else 0


def _link(row: Row) -> str:
    return reverse("console:purpose", args=[row.public_id]) if row.public_id else ""


def edit_purpose(request: Ask, public_id: str = "") -> HttpResponse:
    """The form of a purpose; `do` says whether to save it, to retire it, or to take it up again."""
    row = purposes.find_purpose(request.scope, public_id) if public_id else None
    purposes.own_purposes(request.scope)
    first = {"name_zh": row.name_zh, "name_en": row.name_en} if row else {}
    form = Form.of(request, **first)
    if request.method == "POST":
        try:
            messages.success(request, str(_done(request, form, row)))
            return redirect("console:purposes")
        except DomainError as error:
            form.refuse(error, "unit" if error.code == "unknown_unit" else str(error.data.get("field", "")))
    context = {"form": form, "purpose": row, "inputs": filled(form, _fields(request, row))}
    return answer(request, "purpose", context, status=400 if form.errors else 200)


def _done(request: Ask, form: Form, row: Purpose | None) -> Words:
    now, names = timezone.now(), {name: form.text(name) for name in ("name_zh", "name_en")}
    if row is None:
        unit = unit_in(request.scope, NEEDED, form.text("unit"))
        purposes.add_purpose(by=request.scope, unit=unit, key=form.text("key"), now=now, **names)
    elif form.text("do") in ("archive", "restore"):
        retired = form.text("do") == "archive"
        purposes.retire(by=request.scope, purpose=row, retired=retired, now=now)
        return RETIRED if retired else SAVED
    else:
        purposes.reword(by=request.scope, purpose=row, now=now, **names)
    return SAVED


def _fields(request: Ask, row: Purpose | None) -> list[Input]:
    names = [
        Input("name_zh", Words("名称（中文）", "Name (Chinese)"), required=True, longest=60, half=True),
        Input("name_en", Words("名称（英文）", "Name (English)"), longest=60, half=True),
    ]
    if row is not None:
        return names
    units = [(each.public_id, "　" * each.depth + each.name) for each in units_in(request.scope, NEEDED)]
    hint = Words("小写字母、数字、下划线；之后不能改", "a-z, 0-9, _; it stays")
    key = Input("key", Words("代码", "Key"), required=True, longest=40, half=True, help=hint)
    return [*names, key, Input("unit", Words("适用单位", "For the people of"), "choice", options=units, half=True)]
