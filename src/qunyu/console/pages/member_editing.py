"""Editing one member: the profile's form, its history, what is sensitive in the clear, and contacts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.pages.member import profile_part, refused
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied
from qunyu.kernel.words import Words
from qunyu.members import contacts
from qunyu.members.fields import Definition, choices_of
from qunyu.members.merging import editable
from qunyu.members.profile import Answer, Revealed, change, check, prefer, profile, reveal, withdraw
from qunyu.members.queries import find_member
from qunyu.reports.life import Life

if TYPE_CHECKING:
    from qunyu.members.models import Contact, Member

SAVED, SAME = Words("已保存", "Saved"), Words("没有改动", "Nothing was changed")
UNDONE, AGAIN = Words("已撤回这次修改", "The change is taken back"), Words("已恢复这次修改", "The change is made again")
NOTED, REMOVED = Words("已记录", "Noted"), Words("已删除", "Removed")
BAD_TIME = Words("请写成 2026-03-01 09:30", "write it like 2026-03-01 09:30")


def edit_member(request: Ask, public_id: str) -> HttpResponse:
    """The form of a member's profile; a sensitive field left empty stays as it is."""
    member = editable_member(request, public_id)
    found = profile(request.scope, member)
    form = Form.of(request, **{each.field.key: _first(each) for each in found})
    if request.method == "POST":
        changes = _typed(form, found)
        _, wrong = check((each.field for each in found), changes, timezone.localdate())
        form.errors |= {key: str(words) for key, words in wrong.items()}
        if not form.errors:
            changed = change(
                by=request.scope, member=member, changes=changes, now=timezone.now(), today=timezone.localdate()
            )
            messages.success(request, str(SAVED if changed else SAME))
            return redirect("console:member", public_id)
    context = {"member": member, "form": form, "rows": [_row(form, each) for each in found]}
    return answer(request, "member_edit", context, status=400 if form.errors else 200)


def editable_member(request: Ask, public_id: str) -> Member:
    """The member, for whoever may edit them.

    Raises Denied; DomainError unknown_member.
    """
    request.scope.require("members.view")
    member = find_member(request.scope, public_id)
    if not editable(request.scope).filter(member=member).exists():
        raise Denied("members.edit")
    return member


def _first(found: Answer) -> str:
    return "" if _blind(found) or not found.told else found.told.value or ""


def _blind(found: Answer) -> bool:
    """Whether the form does not show what is there."""
    return found.field.sensitive or found.unreadable


def _typed(form: Form, found: list[Answer]) -> dict[str, str]:
    changes: dict[str, str] = {}
    for each in found:
        key = each.field.key
        if key not in form.given and each.field.kind != "choices":
            continue
        text = "\n".join(_several(form, key)) if each.field.kind == "choices" else str(form.given.get(key, ""))
        if form.text(f"clear-{key}"):
            changes[key] = ""
        elif text.strip() or not _blind(each):
            changes[key] = text
    return changes


def _several(form: Form, key: str) -> list[str]:
    given: Any = form.given
    return list(given.getlist(key)) if hasattr(given, "getlist") else str(given.get(key, "")).split("\n")


def _row(form: Form, found: Answer) -> dict[str, Any]:
    field: Definition = found.field
    chosen = set(_several(form, field.key)) if field.kind == "choices" else {str(form.given.get(field.key, ""))}
    return {
        "field": field,
        "typed": form.given.get(field.key, ""),
        "options": [(code, words, code in chosen) for code, words in choices_of(field)],
        "mask": found.text if _blind(found) else "",
        "input": {"number": "text", "email": "email", "phone": "tel", "link": "url"}.get(field.kind, "text"),
    }


def reveal_member(request: Ask, public_id: str) -> HttpResponse:
    """The profile's card with what is sensitive in the clear, for the reason given; a reload masks it again."""
    request.scope.require("members.view")
    member = find_member(request.scope, public_id)
    form = Form.of(request)
    shown: Revealed | None = None
    try:
        shown = reveal(by=request.scope, member=member, reason=form.text("reason"), now=timezone.now())
    except DomainError as error:
        form.refuse(error, "reason")
    context = profile_part(Life(request.scope, member, []), shown)
    if request.htmx:
        return answer(request, "_member_profile", {**context, "form": form})
    return refused(request, member, form, **context)


def prefer_value(request: Ask, public_id: str, entry: int) -> HttpResponse:
    """Makes a value the one that counts."""
    member = editable_member(request, public_id)
    changed = prefer(by=request.scope, member=member, entry=entry, now=timezone.now())
    messages.success(request, str(SAVED if changed else SAME))
    return redirect("console:member", public_id)


def withdraw_change(request: Ask, public_id: str, entry: int) -> HttpResponse:
    """Takes a change back, or makes it again."""
    member, back = editable_member(request, public_id), bool(request.POST.get("back"))
    if withdraw(by=request.scope, member=member, entry=entry, back=back, now=timezone.now()):
        messages.success(request, str(AGAIN if back else UNDONE))
    return redirect("console:member", public_id)


def add_contact(request: Ask, public_id: str) -> HttpResponse:
    """Notes a contact down."""
    member = editable_member(request, public_id)
    form = Form.of(request)
    try:
        contacts.note_contact(by=request.scope, member=member, now=timezone.now(), **_told(form))
    except DomainError as error:
        form.refuse(error, str(error.data.get("field", "")))
        return refused(request, member, form, open_form="contact")
    messages.success(request, str(NOTED))
    return redirect("console:member", public_id)


def _told(form: Form) -> dict[str, Any]:
    """What the form says of a contact.

    Raises DomainError bad_time.
    """
    told: dict[str, Any] = {name: form.text(name) for name in ("channel", "direction", "summary", "result")}
    return {**told, "at": moment_of(form, timezone.now()), "selling": bool(form.text("selling"))}


def moment_of(form: Form, otherwise: datetime) -> datetime:
    """The moment in the form's field `at`, in the deployment's zone; `otherwise` where it is empty.

    Raises DomainError bad_time.
    """
    text = form.text("at")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=settings.QUNYU_ZONE) if text else otherwise
    except ValueError:
        raise DomainError("bad_time", BAD_TIME, field="at") from None


def edit_contact(request: Ask, public_id: str, contact_id: str) -> HttpResponse:
    """The form of one's own contact; posted with `do` remove it goes."""
    member = editable_member(request, public_id)
    row: Contact = contacts.find_contact(request.scope, member, contact_id)
    at = f"{timezone.localtime(row.at):%Y-%m-%dT%H:%M}"
    given = {"channel": row.channel, "direction": row.direction, "summary": row.summary, "result": row.result, "at": at}
    given["selling"] = "yes" if row.selling else ""
    form = Form.of(request, **given)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "remove":
                contacts.remove_contact(by=request.scope, contact=row, now=timezone.now())
                messages.success(request, str(REMOVED))
            else:
                contacts.edit_contact(by=request.scope, contact=row, now=timezone.now(), **_told(form))
                messages.success(request, str(SAVED))
            return redirect("console:member", public_id)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    context = {
        "member": member,
        "form": form,
        "channels": contacts.CHANNELS.items(),
        "directions": contacts.DIRECTIONS.items(),
    }
    return answer(request, "contact", context, status=400 if form.errors else 200)
