"""Tags: the groups with their tags and how many people carry each; made, renamed, moved, merged, put away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied
from qunyu.kernel.words import Words
from qunyu.members import tags
from qunyu.members.tag_merging import merge_tags
from qunyu.members.tag_queries import carriers, find_group, find_tag, groups_in, tags_in
from qunyu.people.queries import unit_in, units_in

if TYPE_CHECKING:
    from qunyu.members.models import Tag, TagGroup

SAVED, ADDED = Words("已保存", "Saved"), Words("已添加", "Added")
ARCHIVED, RESTORED = Words("已归档", "Archived"), Words("已恢复", "Brought back")
DELETED = Words("已删除", "Deleted")
MERGED = Words("已并入“{name}”：{n} 人", "Merged into “{name}”: {n} people")
BOUNDS = {"longest_name": tags.LONGEST_NAME, "longest_help": tags.LONGEST_HELP}


def show_tags(request: Ask) -> HttpResponse:
    """Every group with its tags; posted, a new group."""
    request.scope.require("members.view")
    units = units_in(request.scope, "members.edit")
    form = Form.of(request, unit=units[0].public_id if units else "")
    if request.method == "POST":
        request.scope.require("members.edit")
        try:
            unit = unit_in(request.scope, "members.edit", form.text("unit"))
            told = {"help": form.text("help"), "exclusive": bool(form.text("exclusive"))}
            made = tags.add_group(by=request.scope, unit=unit, now=timezone.now(), name=form.text("name"), **told)
            messages.success(request, str(ADDED))
            return redirect("console:tag_group", made.public_id)
        except DomainError as error:
            form.refuse(error, "unit" if error.code == "unknown_unit" else str(error.data.get("field", "")))
    context = {
        "form": form,
        "groups": _shown(request),
        "units": [(unit, "　" * (unit.path.count("/") - 2)) for unit in units],
        **BOUNDS,
    }
    return answer(request, "tags", context, status=400 if form.errors else 200)


def _shown(request: Ask) -> list[tuple[TagGroup, list[tuple[Tag, int]], bool]]:
    groups = groups_in(request.scope)
    counts = carriers(request.scope, [tag for group in groups for tag in group.tags.all()])
    return [
        (
            group,
            [(tag, counts.get(tag.pk, 0)) for tag in group.tags.all()],
            request.scope.may("members.edit", group.unit_id),
        )
        for group in groups
    ]


def _editable(request: Ask, unit: int) -> None:
    request.scope.require("members.view")
    if not request.scope.may("members.edit", unit):
        raise Denied("members.edit")


def edit_group(request: Ask, public_id: str) -> HttpResponse:
    """The form of one group, and its tags; `do` says whether to save, archive, bring back or delete it."""
    request.scope.require("members.view")
    row = find_group(request.scope, public_id)
    _editable(request, row.unit_id)
    form = Form.of(request, name=row.name, help=row.help, exclusive="yes" if row.exclusive else "")
    if request.method == "POST":
        try:
            return _done_group(request, row, form)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    return _group(request, find_group(request.scope, public_id), form)


def _group(request: Ask, row: TagGroup, form: Form) -> HttpResponse:
    mine = list(row.tags.all())
    counts = carriers(request.scope, mine)
    context = {"form": form, "group": row, "tags": [(tag, counts.get(tag.pk, 0)) for tag in mine], **BOUNDS}
    return answer(request, "tag_group", context, status=400 if form.errors else 200)


def _done_group(request: Ask, row: TagGroup, form: Form) -> HttpResponse:
    now = timezone.now()
    if _put_away(request, row):
        return redirect("console:tags")
    told: dict[str, Any] = {"name": form.text("name"), "help": form.text("help")}
    tags.edit_group(by=request.scope, group=row, now=now, exclusive=bool(form.text("exclusive")), **told)
    messages.success(request, str(SAVED))
    return redirect("console:tag_group", row.public_id)


def _put_away(request: Ask, row: TagGroup | Tag) -> bool:
    """Archives, brings back or deletes, as `do` says; whether it said so."""
    wish = request.POST.get("do", "")
    if wish in ("archive", "restore"):
        tags.archive(by=request.scope, row=row, archived=wish == "archive", now=timezone.now())
        messages.success(request, str(ARCHIVED if wish == "archive" else RESTORED))
    elif wish == "delete":
        tags.delete(by=request.scope, row=row, now=timezone.now())
        messages.success(request, str(DELETED))
    return wish in ("archive", "restore", "delete")


def new_tag(request: Ask, public_id: str) -> HttpResponse:
    """A new tag of a group; leads back to the group."""
    request.scope.require("members.view")
    group = find_group(request.scope, public_id)
    _editable(request, group.unit_id)
    given = Form.of(request)
    try:
        told = {"name": given.text("tag"), "help": given.text("tag_help")}
        tags.add_tag(by=request.scope, group=group, now=timezone.now(), **told)
    except DomainError as error:
        first = {"name": group.name, "help": group.help, "exclusive": "yes" if group.exclusive else ""}
        form = Form({**first, "tag": told["name"], "tag_help": told["help"]})
        form.refuse(error, "tag_help" if error.data.get("field") == "help" else "tag")
        return _group(request, find_group(request.scope, public_id), form)
    messages.success(request, str(ADDED))
    return redirect("console:tag_group", public_id)


def edit_tag(request: Ask, public_id: str) -> HttpResponse:
    """The form of one tag; `do` says whether to save, merge, archive, bring back or delete it."""
    request.scope.require("members.view")
    row = find_tag(request.scope, public_id)
    _editable(request, row.group.unit_id)
    first = {"name": row.name, "help": row.help, "group": row.group.public_id}
    form = Form.of(request, **first)
    if request.method == "POST":
        try:
            return _done_tag(request, row, form)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
            form.given = {**first, **{name: str(value) for name, value in request.POST.items()}}
            row = find_tag(request.scope, public_id)
    mine = [each for each in groups_in(request.scope) if request.scope.may("members.edit", each.unit_id)]
    context = {
        "form": form,
        "tag": row,
        "groups": mine,
        "others": [each for each in tags_in(request.scope, permission="members.edit") if each.pk != row.pk],
        "people": carriers(request.scope, [row]).get(row.pk, 0),
        **BOUNDS,
    }
    return answer(request, "tag", context, status=400 if form.errors else 200)


def _done_tag(request: Ask, row: Tag, form: Form) -> HttpResponse:
    now = timezone.now()
    if request.POST.get("do") == "merge":
        into = find_tag(request.scope, form.text("into"))
        act = merge_tags(by=request.scope, tag=row, into=into, now=now)
        messages.success(request, str(MERGED.fill(name=into.name, n=act.people)))
        return redirect("console:tag_acts")
    if _put_away(request, row):
        return redirect("console:tag_group", row.group.public_id)
    group = find_group(request.scope, form.text("group") or row.group.public_id)
    told = {"name": form.text("name"), "help": form.text("help")}
    tags.edit_tag(by=request.scope, tag=row, now=now, group=group, **told)
    messages.success(request, str(SAVED))
    return redirect("console:tag", row.public_id)


def move_group(request: Ask, public_id: str) -> HttpResponse:
    """Puts a group before its neighbour, or behind it."""
    request.scope.require("members.view")
    row = find_group(request.scope, public_id)
    tags.move(by=request.scope, row=row, down=request.POST.get("way") == "down", now=timezone.now())
    return redirect("console:tags")


def move_tag(request: Ask, public_id: str) -> HttpResponse:
    """Puts a tag before its neighbour, or behind it."""
    request.scope.require("members.view")
    row = find_tag(request.scope, public_id)
    tags.move(by=request.scope, row=row, down=request.POST.get("way") == "down", now=timezone.now())
    return redirect("console:tag_group", row.group.public_id)
