"""Protecting personal data: what is kept and why, what people ask for, periods of keeping, receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.exports import exported
from qunyu.console.forms import Form
from qunyu.kernel.errors import DomainError
from qunyu.kernel.personal import holders, kinds
from qunyu.kernel.words import Words
from qunyu.members.queries import find_person, search_people
from qunyu.privacy import erasing, exporting, queries, receipts, retaining, stopping
from qunyu.privacy import requests as asking
from qunyu.privacy.consents import STATES as CONSENT_STATES
from qunyu.privacy.consents import purposes
from qunyu.privacy.deadlines import due_days, set_due_days
from qunyu.privacy.requests import ASKERS, CHANNELS, CHECKS, KINDS, STATES, Asked
from qunyu.reports.names import ACTIONS, named

if TYPE_CHECKING:
    from qunyu.members.models import Member
    from qunyu.privacy.models import Request

SHOWN, LONGEST_NUMBER, CHUNK = 20, 6, 2_000
WRITTEN = Words("已登记，请在 {day} 前答复", "Written down; to be answered by {day}")
BEGUN = Words("已开始，完成后可在此下载", "Begun; the file can be had here when it is made")
ERASING = Words("已开始删除，完成后出具回执", "The erasure has begun; a receipt follows")
REFUSED = Words("已拒绝并记录原因", "Refused, with the reason kept")
LIFTED = Words("已解除 {n} 项；以后的导入会再次带入此人", "{n} entries ended; imports may bring the person in again")
KEPT = Words("已保存，今晚起执行", "Saved; it holds from tonight on")
DUE = Words("已保存；之后登记的请求按此期限", "Saved; it holds for requests from now on")
SAME = Words("没有改动", "Nothing was changed")
WOULD_GO = Words("保存 {days} 天的话，现在会删除 {n} 条", "Kept for {days} days, {n} would go now")
NO_NUMBER = Words("“{text}”不是天数", "“{text}” is no number of days")
LEFT = Words("还剩 {n} 天", "{n} days left")
LATE = Words("已逾期 {n} 天", "{n} days late")

COUNTED: dict[str, Words] = {
    "found": Words("涉及", "found"),
    "kept": Words("依法保留", "kept by law"),
    "texts": Words("原文", "texts"),
    "mentions": Words("他人提及处", "mentions by others"),
    "elsewhere": Words("其他位置提及", "mentions elsewhere"),
    "unreadable": Words(
        "以另一密钥加密、无法读取（其中的名字未能查找）",
        "sealed under another key and unreadable (not looked for in texts)",
    ),
    "files": Words("文件", "files"),
}


HEADS = (
    Words("编号", "Id"), Words("请求", "Request"), Words("成员", "Member"), Words("成员编号", "Member id"), Words("状态", "State"),
    Words("提出人", "Asked by"), Words("途径", "Channel"), Words("核对", "Checked"), Words("备注", "Note"), Words("提出时间", "Asked"),
    Words("应答复日", "Due"), Words("完成时间", "Done"), Words("经办人", "By"), Words("原因", "Why"), Words("回执", "Receipt"),
)  # fmt: skip


def _cells(row: Request) -> list[object]:
    who = [row.member.name, row.member.public_id] if row.member else ["", ""]
    receipt = getattr(row, "receipt", None)
    how = [STATES[row.state], ASKERS[row.asker], CHANNELS[row.channel], CHECKS[row.checked], row.note]
    when = [row.asked_at, row.due_on, row.done_at, row.by_name, row.reason]
    return [row.public_id, KINDS[row.kind], *who, *how, *when, receipt.public_id if receipt else ""]


def show_privacy(request: Ask) -> HttpResponseBase:
    """The page of whoever protects personal data; the export is the list of requests, all of them."""
    if (kind := request.GET.get("export", "")) in ("csv", "xlsx"):
        rows = asking.requests(request.scope).iterator(chunk_size=CHUNK)
        return exported(kind, "privacy-requests", [str(each) for each in HEADS], map(_cells, rows))
    return _page(request, Form({}))


def _page(request: Ask, form: Form) -> HttpResponse:
    scope, now = request.scope, timezone.now()
    rows = list(asking.requests(scope)[:SHOWN])
    counts = queries.consent_counts(scope)
    known = purposes(scope) if counts else {}
    context = {
        "form": form,
        "requests": [_row(each) for each in rows],
        "inventory": queries.inventory(scope),
        "periods": retaining.periods(scope),
        "runs": [(kinds().get(each.kind), each) for each in queries.runs(scope)[:SHOWN]],
        "receipts": queries.receipts(scope)[:SHOWN],
        "reveals": [(who, named(ACTIONS, action), n) for who, action, n in queries.reveals(scope, now)],
        "consents": [
            (known.get(key, key), [(words, found[state]) for state, words in CONSENT_STATES.items()])
            for key, found in sorted(counts.items())
        ],
        "due_days": form.given.get("due_days", due_days()),
        "stopped": stopping.stop_list_size(),
    }
    return answer(request, "privacy", context, status=400 if form.errors else 200)


def _row(row: Request) -> dict[str, Any]:
    left = asking.days_left(row, timezone.localdate())
    words = None if left is None else (LATE if left < 0 else LEFT).fill(n=abs(left))
    return {
        "row": row,
        "kind": KINDS[row.kind],
        "state": STATES[row.state],
        "asker": ASKERS[row.asker],
        "channel": CHANNELS[row.channel],
        "checked": CHECKS[row.checked],
        "left": words,
        "late": left is not None and left < 0,
    }


def set_period(request: Ask) -> HttpResponse:
    """Sets how long a kind of data is kept; `do` "look" says what would go and changes nothing."""
    asking.require_officer(request.scope)
    form = Form.of(request)
    kind, text, now = form.text("kind"), form.text("days"), timezone.now()
    try:
        days = _days(text)
        if form.text("do") == "look" and days is not None:
            count = retaining.preview(request.scope, kind, days, now)
            messages.info(request, str(WOULD_GO.fill(days=days, n=count)))
        else:
            changed = retaining.set_period(by=request.scope, kind=kind, days=days, now=now)
            messages.success(request, str(KEPT if changed else SAME))
    except DomainError as error:
        form.refuse(error, "days")
        return _page(request, form)
    return redirect("console:privacy")


def set_deadline(request: Ask) -> HttpResponse:
    """Sets within how many days requests are due."""
    asking.require_officer(request.scope)
    form = Form.of(request)
    try:
        changed = set_due_days(by=request.scope, days=_days(form.text("due_days")) or 0, now=timezone.now())
        messages.success(request, str(DUE if changed else SAME))
    except DomainError as error:
        form.refuse(error, "due_days")
        return _page(request, form)
    return redirect("console:privacy")


def _days(text: str) -> int | None:
    """The days that were typed, None for nothing.

    Raises DomainError bad_days.
    """
    if text and not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise DomainError("bad_days", NO_NUMBER.fill(text=text), field="days")
    return int(text) if text else None


def new_request(request: Ask) -> HttpResponse:
    """Whom a request is about, and how it came."""
    asking.require_officer(request.scope)
    form = Form.of(request, kind="export", member=request.GET.get("member", ""))
    search = request.GET.get("q", "").strip()
    if request.method == "POST":
        made = _opened(request, form)
        if made is not None:
            messages.success(request, str(WRITTEN.fill(day=f"{made.due_on:%Y-%m-%d}")))
            return redirect("console:privacy_request", made.public_id)
    chosen = _chosen(request, form.text("member"))
    context = {
        "form": form,
        "search": search,
        "chosen": chosen,
        "found": list(search_people(request.scope, text=search).order_by("name", "pk")[:SHOWN]) if search else [],
        "kinds": KINDS.items(),
        "askers": ASKERS.items(),
        "channels": CHANNELS.items(),
        "checks": CHECKS.items(),
    }
    return answer(request, "privacy_new", context, part="_privacy_people", status=400 if form.errors else 200)


def _chosen(request: Ask, public_id: str) -> Member | None:
    try:
        return find_person(request.scope, public_id) if public_id else None
    except DomainError:
        return None


def _opened(request: Ask, form: Form) -> Request | None:
    try:
        member = find_person(request.scope, form.text("member"))
        asked = Asked(*(form.text(name) for name in ("asker", "channel", "checked", "note")))
        return asking.open_request(
            by=request.scope, member=member, kind=form.text("kind"), asked=asked, now=timezone.now()
        )
    except DomainError as error:
        form.refuse(error, "member" if error.code == "unknown_member" else str(error.data.get("field", "")))
        return None


def show_request(request: Ask, public_id: str) -> HttpResponse:
    """One request; `do` says what becomes of it."""
    row = asking.find_request(request.scope, public_id)
    form = Form.of(request)
    if request.method == "POST":
        try:
            messages.success(request, str(_done(request, row, form)))
            return redirect("console:privacy_request", public_id)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    open_erasure = row.kind == "erasure" and row.state == "open" and row.member is not None
    context = {
        "form": form,
        **_row(row),
        "held": [each for each in erasing.held(row.member) if each.count] if open_erasure and row.member else [],
        "kept": form.given.getlist("kept") if request.method == "POST" and hasattr(form.given, "getlist") else [],
        "steps": [(holders()[key].title, _counted(counts)) for key, counts in row.steps.items() if key in holders()],
        "receipt": getattr(row, "receipt", None),
        "file": exporting.file_of(row).is_file() and row.state == "done",
        "stopped": row.stopped.filter(lifted_at=None).count(),
    }
    return answer(request, "privacy_request", context, status=400 if form.errors else 200)


def _counted(counts: dict[str, int]) -> list[tuple[Words, int]]:
    return [(named(COUNTED, name), count) for name, count in counts.items() if count]


def _done(request: Ask, row: Request, form: Form) -> Words:
    scope, now, wish = request.scope, timezone.now(), form.text("do")
    if wish == "export":
        exporting.begin(by=scope, request=row, now=now)
        return BEGUN
    if wish == "erase":
        kept = request.POST.getlist("kept")
        told = {"typed": form.text("typed"), "reason": form.text("reason")}
        erasing.confirm(by=scope, request=row, kept=kept, now=now, **told)
        return ERASING
    if wish == "lift":
        return LIFTED.fill(n=stopping.lift(by=scope, request=row, reason=form.text("reason"), now=now))
    asking.refuse(by=scope, request=row, reason=form.text("reason"), now=now)
    return REFUSED


def send_export(request: Ask, public_id: str) -> HttpResponseBase:
    """The file of an export."""
    row = asking.find_request(request.scope, public_id)
    path = exporting.download(by=request.scope, request=row, now=timezone.now())
    # The response closes it.
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"personal-data-{row.public_id}.zip")


def send_receipt(request: Ask, public_id: str) -> HttpResponse:
    """A receipt as JSON."""
    receipt = receipts.find_receipt(request.scope, public_id)
    response = JsonResponse(receipts.document(receipt), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="erasure-receipt-{receipt.public_id}.json"'
    return response
