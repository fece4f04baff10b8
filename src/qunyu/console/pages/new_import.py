"""The import wizard: give files, look at how they would be read, start."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console import uploads
from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.previewing import columns_in, fields_of, looked, needs_columns
from qunyu.console.uploads import Upload
from qunyu.events.reading import readers
from qunyu.flows.actions import FilePreview, ask_import, preview
from qunyu.flows.request import ImportRequest, Part
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.queries import unit_in, units_in
from qunyu.reports.names import PLATFORMS, YIELDS

DATE_ORDERS = {
    "dmy": Words("日/月/年", "day/month/year"),
    "mdy": Words("月/日/年", "month/day/year"),
    "ymd": Words("年/月/日", "year/month/day"),
}
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "HKD", "TWD", "JPY", "SGD")
STARTED = Words("已开始导入", "The import has begun")
DROPPED = Words("已放弃，文件已删除", "Given up; the files are deleted")
# Which field of the form an error of `flows.request.checked` belongs to.
_PLACES = {"bad_zone": "source_zone", "bad_currency": "currency", "unknown_format": "format", "unknown_unit": "unit"}
# What a wrong field is taken for while the files are shown all the same.
_UNSAID: dict[str, Any] = {"source_zone": "", "currency": "CNY"}


def give_files(request: Ask) -> HttpResponse:
    """Step one: the files. They are streamed to disk while they arrive."""
    request.scope.require("imports.run")
    form = Form.of(request)
    if request.method == "POST":
        try:
            upload = uploads.keep(request.FILES.getlist("files"), _who(request), timezone.now())
        except DomainError as error:
            form.refuse(error, "files")
        else:
            return redirect("console:import_preview", upload.id)
    context = {
        "form": form,
        "formats": [each.title for each in readers().values()],
        "limit": settings.QUNYU_UPLOAD_LIMIT,
    }
    return answer(request, "import_new", context, status=400 if form.errors else 200)


def look_at_files(request: Ask, upload_id: str) -> HttpResponse:
    """Step two: how they would be read, with every choice; `do` says whether to look again, start or give up."""
    request.scope.require("imports.run")
    upload = uploads.find(upload_id, _who(request))
    form = Form.of(request, title=_title(upload), currency="CNY")
    wish = request.POST.get("do", "")
    if wish == "drop":
        uploads.discard(upload)
        messages.info(request, str(DROPPED))
        return redirect("console:imports")
    found = _look(form, _request(form, upload))
    if wish == "start":
        public_id = _start(request, form, upload)
        if public_id:
            return redirect("console:import", public_id)
    return answer(request, "import_preview", _context(request, form, upload, found), status=400 if form.errors else 200)


def _look(form: Form, wanted: ImportRequest) -> list[FilePreview]:
    """How the files would be read; a field that is wrong is noted, and they are read as if it had been left alone."""
    try:
        return preview(wanted, timezone.now())
    except DomainError as error:
        place = _PLACES.get(error.code, "")
        form.refuse(error, place)
        return _look(form, replace(wanted, **{place: _UNSAID[place]})) if place in _UNSAID else []


def _start(request: Ask, form: Form, upload: Upload) -> str:
    """The new import's public id; "" and an error in the form when it was refused."""
    form.required("title", "unit")
    try:
        unit = unit_in(request.scope, "imports.run", form.text("unit")) if form.text("unit") else None
        if unit is None or form.errors:
            return ""
        opened = ask_import(
            by=request.scope,
            unit_id=unit.pk,
            title=form.text("title"),
            request=_request(form, upload),
            now=timezone.now(),
        )
    except DomainError as error:
        form.refuse(error, _PLACES.get(error.code, ""))
        return ""
    uploads.hand_over(upload)
    messages.success(request, str(STARTED))
    return opened.public_id


def _request(form: Form, upload: Upload) -> ImportRequest:
    parts: dict[str, list[str]] = {}
    for number, path in enumerate(upload.files):
        kind = form.text(f"yields-{number}")
        parts.setdefault(kind if kind in YIELDS else "", []).append(str(path))
    columns = {name.removeprefix("map-"): form.text(name) for name in form.given if name.startswith("map-")}
    columns["date_order"] = form.text("date_order") if form.text("date_order") in DATE_ORDERS else ""
    return ImportRequest(
        parts=tuple(Part(tuple(paths), kind) for kind, paths in sorted(parts.items())),
        source_zone=form.text("source_zone"),
        columns={ours: theirs for ours, theirs in columns.items() if theirs},
        community=form.text("community"),
        platform=form.text("platform") if form.text("platform") in PLATFORMS else "",
        currency=form.text("currency") or "CNY",
        strict=bool(form.text("strict")),
    )


def _context(request: Ask, form: Form, upload: Upload, found: list[FilePreview]) -> dict[str, Any]:
    kinds = [
        (number, path.name, path.stat().st_size, form.text(f"yields-{number}"))
        for number, path in enumerate(upload.files)
    ]
    chosen = form.text("unit")
    units = units_in(request.scope, "imports.run")
    return {
        "form": form,
        "upload": upload,
        "files": kinds,
        "yields": YIELDS.items(),
        "looked": [looked(each) for each in found],
        "readable": any(each.rows for each in found),
        "mapping": _mapping(form, upload, found, [kind for *_, kind in kinds]),
        "units": [(unit, "　" * (unit.path.count("/") - 2), unit.public_id == chosen) for unit in units],
        "currencies": CURRENCIES,
        "date_orders": DATE_ORDERS.items(),
        "platforms": [(code, words) for code, words in PLATFORMS.items() if code != "members"],
        "zone": settings.QUNYU_ZONE.key,
    }


def _mapping(form: Form, upload: Upload, found: list[FilePreview], kinds: list[str]) -> dict[str, Any]:
    """The columns there are and the fields to name them for; empty when every file is understood and nothing was named."""
    named = any(name.startswith("map-") and form.text(name) for name in form.given)
    if not named and not needs_columns(found):
        return {}
    names = [each.name for each in found if named or not each.rows]
    fields = fields_of(
        sorted({kind for kind in kinds if kind} | {each.yields for each in found if each.yields} or {"chat"})
    )
    return {
        "columns": columns_in(upload.files, names),
        "fields": [(each, form.text(f"map-{each.name}")) for each in fields],
    }


def _title(upload: Upload) -> str:
    names = [path.stem for path in upload.files]
    more = Words("等 {all} 个文件", "and {more} more").fill(all=len(names), more=len(names) - 1)
    return names[0] if len(names) == 1 else f"{names[0]} {more}"


def _who(request: Ask) -> int:
    return int(request.user.pk or 0)
