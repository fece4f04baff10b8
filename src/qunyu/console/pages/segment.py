"""One segment: what it asks, how its size develops, who is in it, snapshots, tags that follow it, and beside another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Listing, chips
from qunyu.console.pages.members import COLUMNS, link
from qunyu.console.pages.segments import change
from qunyu.console.size_chart import size_chart
from qunyu.console.templatetags.showing import whole
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.queries import among
from qunyu.members.sets import Ids, known_tags
from qunyu.segments import actions, rules_of_tags
from qunyu.segments.conditions import Speaker
from qunyu.segments.files import to_file
from qunyu.segments.queries import (
    compare,
    find_rule,
    find_segment,
    find_snapshot,
    members_in,
    members_of_snapshot,
    read_by,
    rules_of,
    sees_all,
    segments,
    sizes,
    snapshots,
    versions,
)

if TYPE_CHECKING:
    from qunyu.segments.models import Segment

PARTS = {
    "both": Words("两者都在", "In both"),
    "first": Words("只在“{one}”", "Only in “{one}”"),
    "second": Words("只在“{other}”", "Only in “{other}”"),
}
SAID = {
    "archive": Words("已归档", "Put away"),
    "restore": Words("已恢复", "Brought back"),
    "undo": Words("已撤销上次修改", "The last change is taken back"),
    "count": Words("已重新统计", "Counted"),
}
TAKEN, FORGOTTEN = (
    Words("已保存快照：{n} 人", "Snapshot kept: {n} people"),
    Words("快照已删除", "The snapshot is removed"),
)
AHEAD = Words("试算：{come} 人将加上标签，{go} 人将去掉，{back} 人因互斥标签不动；尚未改动任何人",
              "Trial: {come} would get the tag, {go} would lose it, {back} keep another tag of the group; nobody was changed")  # fmt: skip
DONE = Words("已应用：{come} 人加上标签，{go} 人去掉", "Followed: {come} got the tag, {go} lost it")
ENDED = Words("规则已删除，{n} 人去掉标签", "The rule is gone; {n} lost the tag")
RULED = Words("已添加规则；点“应用”立即生效，或等到今晚", "The rule is kept; apply it now, or wait for tonight")


def show_segment(request: Ask, public_id: str) -> HttpResponse:
    """The overview."""
    request.scope.require("members.view")
    segment = find_segment(request.scope, public_id)
    told = sees_all(request.scope, segment)
    sized = sizes([segment.pk], days=400).get(segment.pk) if told else None
    chart = size_chart(sized.line) if sized else None
    context = {
        **_header(request, segment),
        "tab": "overview",
        "told": told,
        "sized": sized,
        "changes": (change(sized.week), change(sized.month)) if sized else None,
        "charts": [chart] if chart else [],
        "wide": True,
        "snapshots": snapshots(request.scope, segment),
        "rules": rules_of(segment),
        "tags": [each for each in known_tags(request.scope) if not each.archived_at] if told else [],
        "versions": versions(segment)[:20],
        "readers": read_by(segment),
    }
    return answer(request, "segment", context)


def _header(request: Ask, segment: Segment) -> dict[str, Any]:
    """What stands on top of each of its pages."""
    speaker = Speaker(request.scope)
    text, wrong = "", None
    try:
        text = speaker.text(speaker.from_json(segment.condition))
    except DomainError as error:
        wrong = error.message
    may_edit = request.scope.may("members.edit", segment.unit_id)
    return {"segment": segment, "text": text, "wrong": wrong, "may_edit": may_edit}


def show_people(request: Ask, public_id: str) -> HttpResponseBase:
    """Who is in it now, or was when a snapshot was taken: the list, its part, or its export."""
    request.scope.require("members.view")
    segment, now = find_segment(request.scope, public_id), timezone.now()
    around: dict[str, Any] = {"tab": "people"}
    if taken := request.GET.get("snapshot", ""):
        around["snapshot"] = find_snapshot(request.scope, segment, taken)
        ids = members_of_snapshot(request.scope, around["snapshot"], now)
    else:
        ids = members_in(request.scope, segment, now)
    return _people(request, segment, ids, around)


def _people(request: Ask, segment: Segment, ids: Ids, around: dict[str, Any]) -> HttpResponseBase:
    search = request.GET.get("q", "").strip()
    listing = Listing[Any](COLUMNS, request.GET, "-last_at", link, chips=chips(request.GET, []))
    rows = listing.ordered(among(request.scope, ids.tolist(), search))
    file = listing.export(rows, f"segment-{segment.public_id}")
    if file is not None:
        return file
    kept = [(each, value) for each, value in request.GET.items() if each in ("snapshot", "with", "part")]
    context = {"listing": listing.put(rows), "search": search, "kept": kept, "people": len(ids)}
    if not len(ids):
        context["nothing_yet"] = NOBODY
    return answer(request, "segment_people", {**_header(request, segment), **context, **around}, part="_list")


def show_compared(request: Ask, public_id: str) -> HttpResponseBase:
    """The segment beside another: how many are in both and in one alone, and who."""
    request.scope.require("members.view")
    segment, now = find_segment(request.scope, public_id), timezone.now()
    others = [each for each in segments(request.scope) if each.pk != segment.pk]
    context = {"tab": "compare", "others": others}
    if not request.GET.get("with"):
        return answer(request, "segment_compare", {**_header(request, segment), **context})
    other = find_segment(request.scope, request.GET["with"])
    found = compare(members_in(request.scope, segment, now), members_in(request.scope, other, now))
    part = request.GET.get("part", "both") if request.GET.get("part") in PARTS else "both"
    names = {"one": segment.name, "other": other.name}
    sets: dict[str, Ids] = {"both": found.both, "first": found.first, "second": found.second}
    parts = [(key, title.fill(**names), len(sets[key]), key == part) for key, title in PARTS.items()]
    return _people(request, segment, sets[part], {**context, "other": other, "parts": parts})


def send_file(request: Ask, public_id: str) -> HttpResponse:
    """The segment as a file."""
    request.scope.require("members.view")
    segment = find_segment(request.scope, public_id)
    response = HttpResponse(to_file(Speaker(request.scope), segment), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="segment-{segment.public_id}.json"'
    return response


def do_segment(request: Ask, public_id: str) -> HttpResponse:
    """Puts it away, brings it back, takes its last change back, or counts it now, as `do` says."""
    request.scope.require("members.view")
    segment, now, wish = find_segment(request.scope, public_id), timezone.now(), request.POST.get("do", "")
    request.scope.require("members.edit", segment.unit_id)
    try:
        if wish in ("archive", "restore"):
            actions.archive_segment(by=request.scope, segment=segment, archived=wish == "archive", now=now)
        elif wish == "undo":
            actions.undo_edit(by=request.scope, segment=segment, now=now)
        else:
            wish = "count"
            actions.count_segment(segment, now)
        messages.success(request, str(SAID[wish]))
    except DomainError as error:
        _tell(request, error)
    return redirect("console:segment", public_id)


def _tell(request: Ask, error: DomainError) -> None:
    if error.code == "denied":
        raise error
    messages.error(request, str(error.message))


def change_snapshots(request: Ask, public_id: str) -> HttpResponse:
    """Takes a snapshot, or removes the one named `remove`."""
    request.scope.require("members.view")
    segment, now = find_segment(request.scope, public_id), timezone.now()
    try:
        if gone := request.POST.get("remove", ""):
            actions.remove_snapshot(by=request.scope, snapshot=find_snapshot(request.scope, segment, gone), now=now)
            messages.success(request, str(FORGOTTEN))
        else:
            made = actions.take_snapshot(by=request.scope, segment=segment, now=now, why=request.POST.get("why", ""))
            messages.success(request, str(TAKEN.fill(n=whole(made.size))))
    except DomainError as error:
        _tell(request, error)
    return redirect("console:segment", public_id)


def change_rules(request: Ask, public_id: str) -> HttpResponse:
    """Adds a rule for the tag `tag`, or tries, applies or removes the one named `rule`, as `do` says."""
    request.scope.require("members.view")
    segment, now = find_segment(request.scope, public_id), timezone.now()
    try:
        if request.POST.get("do", "add") == "add":
            rules_of_tags.add_rule(by=request.scope, segment=segment, tag=request.POST.get("tag", ""), now=now)
            messages.success(request, str(RULED))
        else:
            messages.success(request, _ruled(request, segment))
    except DomainError as error:
        _tell(request, error)
    return redirect(f"{reverse('console:segment', args=[public_id])}#rules")


def _ruled(request: Ask, segment: Segment) -> str:
    wish, now = request.POST.get("do", ""), timezone.now()
    rule = find_rule(segment, request.POST.get("rule", ""))
    if wish == "remove":
        return str(ENDED.fill(n=whole(rules_of_tags.remove_rule(by=request.scope, rule=rule, now=now))))
    if wish == "try":
        ahead = rules_of_tags.look_ahead(by=request.scope, rule=rule, now=now)
        return str(AHEAD.fill(come=whole(len(ahead.came)), go=whole(len(ahead.went)), back=whole(ahead.kept_back)))
    done = rules_of_tags.apply_rule(by=request.scope, rule=rule, now=now)
    return str(DONE.fill(come=whole(len(done.came)), go=whole(len(done.went))))


NOBODY = Words("现在没有人符合", "Nobody is in it now")
