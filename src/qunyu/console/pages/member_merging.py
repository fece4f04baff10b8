"""Merging on a member's page: with whom, apart again, and who decides for whom."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.pages.member import refused
from qunyu.kernel.errors import DomainError
from qunyu.kernel.periods import day_of
from qunyu.kernel.words import Words
from qunyu.members.links import add_link, find_link, remove_link
from qunyu.members.merging import find_act, merge, take_back, unmerge
from qunyu.members.queries import find_member, find_person, identities_of, search_people
from qunyu.reports.names import platform

if TYPE_CHECKING:
    from qunyu.members.models import Member

CANDIDATES = 20
MERGED = Words("已合并；双方的资料都保留，可随时撤回", "Merged; nothing of either is lost, and it can be taken back")
PARTED = Words("已拆分；以后的导入也不会再合并", "Told apart; later imports will not merge them again")
TAKEN_BACK = Words("已撤回", "Taken back")
LINKED, UNLINKED = Words("已关联", "Linked"), Words("已取消关联", "No longer linked")


def merge_member(request: Ask, public_id: str) -> HttpResponse:
    """Who else this member is: a search, and the choice."""
    request.scope.require("members.edit")
    member = find_member(request.scope, public_id)
    search = request.GET.get("q", "").strip()
    form = Form.of(request)
    if request.method == "POST":
        try:
            other = find_person(request.scope, form.text("other"))
            merge(by=request.scope, one=member, other=other, why=form.text("why"), now=timezone.now())
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, str(MERGED))
            return redirect("console:member", public_id)
    found = search_people(request.scope, text=search).exclude(pk=member.pk) if search else None
    rows = list(found.order_by("name", "pk")[: CANDIDATES + 1]) if found is not None else []
    context = {
        "member": member,
        "form": form,
        "search": search,
        "rows": [(each, _known_as(request, each)) for each in rows[:CANDIDATES]],
        "more": len(rows) > CANDIDATES,
        "mine": _known_as(request, member),
    }
    return answer(request, "member_merge", context, status=400 if form.errors else 200, part="_merge_candidates")


def _known_as(request: Ask, member: Member) -> list[str]:
    return [
        f"{platform(each.platform)} · {each.name}" + (f" ({each.community.name})" if each.community else "")
        for each in identities_of(request.scope, member)
    ]


def unmerge_member(request: Ask, public_id: str) -> HttpResponse:
    """Parts the identities that were ticked from the others."""
    member = find_member(request.scope, public_id)
    ticked = set(request.POST.getlist("identity"))
    mine = [each.pk for each in identities_of(request.scope, member) if str(each.pk) in ticked]
    form = Form.of(request)
    try:
        unmerge(by=request.scope, member=member, identities=mine, why=form.text("why"), now=timezone.now())
    except DomainError as error:
        form.refuse(error, "identities")
        return refused(request, member, form, open_form="identities")
    messages.success(request, str(PARTED))
    return redirect("console:member", public_id)


def take_back_decision(request: Ask, act: str) -> HttpResponse:
    """Takes a decision back; leads where it was asked from."""
    found = find_act(request.scope, act)
    if take_back(by=request.scope, decisions=found, now=timezone.now()):
        messages.success(request, str(TAKEN_BACK))
    member = request.POST.get("member", "")
    return redirect("console:member", member) if member else redirect("console:same_person")


def link_member(request: Ask, public_id: str) -> HttpResponse:
    """Links the member with another, who decides for them or for whom they decide; the other is named by page address, id or name."""
    member = find_member(request.scope, public_id)
    form = Form.of(request)
    try:
        if form.required("other"):
            other = _named(request, form.text("other"))
            pair = (other, member) if form.text("who") == "other" else (member, other)
            since: date | None = day_of(form.text("since")) if form.text("since") else None
            add_link(
                by=request.scope,
                pair=pair,
                kind=form.text("kind"),
                now=timezone.now(),
                since=since,
                note=form.text("note"),
            )
    except DomainError as error:
        form.refuse(error, "since" if error.code == "bad_day" else str(error.data.get("field", "other")))
    if form.errors:
        return refused(request, member, form, open_form="link")
    messages.success(request, str(LINKED))
    return redirect("console:member", public_id)


def _named(request: Ask, text: str) -> Member:
    """The one person that `text` names.

    Raises DomainError unknown_member or ambiguous_member.
    """
    key = text.rstrip("/").rpartition("/")[2]
    exact = search_people(request.scope).filter(public_id=key).first()
    if exact is not None:
        return exact
    found = list(search_people(request.scope).filter(name=text)[:2]) or list(
        search_people(request.scope, text=text)[:2]
    )
    if len(found) == 1:
        return found[0]
    unknown = Words("没有找到“{text}”", "nobody is called “{text}”")
    several = Words(
        "“{text}”不止一人；请粘贴那个人页面的地址",
        "several people are called “{text}”; paste the address of the person’s page",
    )
    raise DomainError(
        "ambiguous_member" if found else "unknown_person", (several if found else unknown).fill(text=text)
    )


def unlink_member(request: Ask, public_id: str, link_id: str) -> HttpResponse:
    """Ends a link."""
    member = find_member(request.scope, public_id)
    remove_link(by=request.scope, link=find_link(request.scope, member, link_id), now=timezone.now())
    messages.success(request, str(UNLINKED))
    return redirect("console:member", public_id)
