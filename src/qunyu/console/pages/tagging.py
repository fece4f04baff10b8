"""Tagging: one person's tags, many people at once with the count said before, and the acts that can be undone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.exports import exported
from qunyu.console.forms import Form
from qunyu.console.pages.member import refused
from qunyu.console.pages.members import wanted_members
from qunyu.console.tag_choices import choices
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.queries import find_member, people
from qunyu.members.tag_naming import named_tag
from qunyu.members.tag_queries import acts_in, find_act, find_tag, tags_in
from qunyu.members.tagging import Effect, effect, put, take_off, undo

if TYPE_CHECKING:
    from qunyu.members.models import Tag, TagAct

LATEST, CHUNK = 50, 2_000
PUT = Words("已打上“{name}”：{n} 人", "“{name}” put on {n} people")
TAKEN = Words("已去掉“{name}”：{n} 人", "“{name}” taken off {n} people")
WORKING = Words(
    "人数较多，正在后台进行；完成后可在“操作记录”里撤销",
    "It is many people and goes on in the background; see “What was done” to undo it once it is done",
)
UNDONE = Words("已撤销：{n} 人", "Undone: {n} people")
NOBODY = Words("请先勾选成员，或选择筛选出的全部", "tick people first, or choose everybody the filter finds")
KINDS: dict[str, Words] = {
    "put": Words("打上", "Put on"),
    "take": Words("去掉", "Taken off"),
    "import": Words("导入", "Import"),
    "rule": Words("规则", "Rule"),
    "merge": Words("合并标签", "Tags merged"),
}


def tag_member(request: Ask, public_id: str) -> HttpResponse:
    """Puts the tag that was named on one person, or takes the one off whose button was pressed."""
    request.scope.require("members.view")
    request.scope.require("members.edit")
    member = find_member(request.scope, public_id)
    form, taken = Form.of(request), request.POST.get("take", "")
    try:
        tag = find_tag(request.scope, taken) if taken else named_tag(tags_in(request.scope), form.text("tag"))
        told = {"by": request.scope, "tag": tag, "members": [member.pk], "reason": form.text("reason")}
        (take_off if taken else put)(**told, now=timezone.now())  # type: ignore[arg-type]
    except DomainError as error:
        form.refuse(error, str(error.data.get("field", "tag")))
        return refused(request, member, form, open_form="tag")
    messages.success(request, str((TAKEN if taken else PUT).fill(name=tag.name, n=1)))
    return redirect("console:member", public_id)


@dataclass(frozen=True)
class _Bulk:
    """Whom a form is about: `everybody` that the list's address `query` finds, or those who were ticked."""

    query: str
    everybody: bool
    ticked: list[str]

    @classmethod
    def of(cls, request: Ask) -> _Bulk:
        given = request.POST
        return cls(given.get("query", ""), given.get("who") == "all", given.getlist("member"))

    def members(self, request: Ask) -> list[int]:
        """The members (primary keys) as far as the scope may see them.

        Raises DomainError nobody.
        """
        if self.everybody:
            rows = wanted_members(QueryDict(self.query.removeprefix("?")), request.scope).order_by()
            found = list(rows.values_list("pk", flat=True).distinct())
        else:
            found = list(people(request.scope).filter(public_id__in=self.ticked).values_list("pk", flat=True))
        if not found:
            raise DomainError("nobody", NOBODY)
        return found


def tag_people(request: Ask) -> HttpResponse:
    """What putting a tag on many (or taking it off) would do; with `do` it is done."""
    request.scope.require("members.view")
    request.scope.require("members.edit")
    bulk, form = _Bulk.of(request), Form.of(request)
    take = request.POST.get("way") == "take"
    tag: Tag | None = None
    found: Effect | None = None
    try:
        members = bulk.members(request)
        tag = named_tag(tags_in(request.scope), form.text("tag"))
        if request.POST.get("do"):
            return _done(request, tag, members, form.text("reason"))
        found = effect(request.scope, tag, members, take=take)
    except DomainError as error:
        form.refuse(error, str(error.data.get("field", "")))
    context = {
        "form": form,
        "bulk": bulk,
        "tag": tag,
        "take": take,
        "effect": found,
        "choices": choices(tags_in(request.scope)),
    }
    return answer(request, "tag_people", context, status=400 if form.errors else 200)


def _done(request: Ask, tag: Tag, members: Collection[int], reason: str) -> HttpResponse:
    take = request.POST.get("way") == "take"
    act = (take_off if take else put)(by=request.scope, tag=tag, members=members, reason=reason, now=timezone.now())
    said = WORKING if act.people is None else (TAKEN if take else PUT).fill(name=tag.name, n=act.people)
    messages.success(request, str(said))
    query = QueryDict(request.POST.get("query", "").removeprefix("?")).urlencode()
    return redirect(f"{reverse('console:members')}?{query}" if query else reverse("console:members"))


HEADS = (
    Words("时间", "When"), Words("操作", "What"), Words("标签组", "Group"), Words("标签", "Tag"), Words("并入", "Into"), Words("文件", "File"),
    Words("人数", "People"), Words("操作人", "By"), Words("原因", "Why"), Words("撤销时间", "Undone"), Words("撤销人", "Undone by"),
)  # fmt: skip


def _cells(act: TagAct) -> list[object]:
    tag, into = act.tag, act.into.name if act.into else ""
    names = [tag.group.name, tag.name] if tag else ["", ""]
    done = [act.title, act.people, act.by_name, act.reason, act.undone_at, act.undone_by_name]
    return [act.at, KINDS[act.kind], *names, into, *done]


def show_acts(request: Ask) -> HttpResponseBase:
    """What was done to tags lately: by whom, why, on how many people; each can be undone. The export has all of it."""
    request.scope.require("members.view")
    request.scope.require("members.edit")
    if (kind := request.GET.get("export", "")) in ("csv", "xlsx"):
        acts = acts_in(request.scope).iterator(chunk_size=CHUNK)
        return exported(kind, "tag-acts", [str(each) for each in HEADS], map(_cells, acts))
    rows = acts_in(request.scope)[: LATEST + 1]
    shown = [(each, KINDS[each.kind], _undoable(each)) for each in rows[:LATEST]]
    return answer(request, "tag_acts", {"acts": shown, "more": len(rows) > LATEST})


def _undoable(act: TagAct) -> bool:
    return act.kind != "rule" and act.people is not None and act.undone_at is None


def undo_act(request: Ask, public_id: str) -> HttpResponse:
    """Takes an act back as a whole."""
    request.scope.require("members.view")
    request.scope.require("members.edit")
    act = find_act(request.scope, public_id)
    try:
        count = undo(by=request.scope, act=act, now=timezone.now())
        messages.success(request, str(UNDONE.fill(n=count)))
    except DomainError as error:
        if error.code != "cannot_undo":
            raise
        messages.error(request, str(error.message))
    return redirect("console:tag_acts")
