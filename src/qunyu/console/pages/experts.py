"""Find an expert: who in the communities can help with a question, with the reasons, and a way to ask them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone

from qunyu.communities.queries import communities_where
from qunyu.console.asking import Ask, answer
from qunyu.console.exports import exported
from qunyu.console.lists import Filter
from qunyu.console.tag_choices import choices
from qunyu.flows.place import lake
from qunyu.insights.expertise import FIRST, MOST_QUESTIONS, THANKED, WITHIN
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.experts import SHOWN, Asked, Expert, Experts, experts
from qunyu.members.tag_queries import tags_in

YEAR = timedelta(days=365)
OPENING = Words(
    "{name}，您好！有位朋友在问“{text}”，看您在群里聊过这方面，想请您帮忙说两句，方便吗？",
    "Hello {name}, somebody asks about “{text}”. You have talked about it in the group; would you say a word or two?",
)
STAFF = Words("运营人员", "Staff")
WITH_STAFF = ("staff", Words("也推荐运营人员", "Propose staff too"))
DEFINITION = Words(
    "一条消息含有足够多的关键词，才算谈到它。回答：提问后被直接回复，或 {within} 分钟内前 {first} 位接话的人说的话（不是提问、不少于 10 个字），"
    "不代表一定有用；提问人在其后 {thanked} 分钟内道谢的，另计。最多跟踪最近 {most} 个提问。机器人和气氛组不参与。",
    "A message is about it when it holds enough of the terms. An answer is a direct reply to a question, or what one of the first {first} people says "
    "within {within} minutes after it (no question, 10 characters or more); that does not say that it helped. Where the asker thanked within {thanked} minutes, "
    "that is counted too. Of the questions the latest {most} are followed. Bots and the atmosphere team are left out.",
).fill(within=WITHIN, first=FIRST, thanked=THANKED, most=MOST_QUESTIONS)


@dataclass(frozen=True)
class Row:
    """An expert as the page shows them: where they spoke, and what to say to them."""

    expert: Expert
    places: list[str]
    quotes: list[tuple[str, Any]]
    opening: str


HEADS = (
    Words("成员", "Member"), Words("成员编号", "Member id"), Words("标签", "Tags"), Words("资料", "Profile"), Words("回答", "Answers"),
    Words("道谢", "Thanked"), Words("消息", "Messages"), Words("最近", "Latest"), Words("社群", "Communities"),
)  # fmt: skip


def _cells(row: Row) -> list[object]:
    each, spoke = row.expert, row.expert.spoke
    said = [spoke.answers, spoke.thanked, spoke.messages, spoke.last_at] if spoke else [0, 0, 0, None]
    tags = "、".join(tag.tag.name for tag in each.tags)
    fields = "、".join(f"{title}: {value}" for title, value in each.fields)
    return [each.member.name, each.member.public_id, tags, fields, *said, "、".join(row.places)]


def show_experts(request: Ask) -> HttpResponseBase:
    """The page, the part below its controls, or the people found as a file."""
    request.scope.require("members.view")
    here = list(communities_where(request.scope, "members.view").order_by("name", "id"))
    text = request.GET.get("q", "").strip()
    first, last = days_asked(request.GET.get("first", ""), request.GET.get("last", ""), timezone.localdate())
    chosen = [each for each in here if each.public_id == request.GET.get("community", "")]
    staff = request.GET.get("staff", "") == "staff"
    context: dict[str, Any] = {
        "search": text,
        "first": first,
        "last": last,
        "filters": [
            Filter("community", Words("社群", "Community"), [(each.public_id, each.name) for each in here],
                   chosen[0].public_id if chosen else ""),
            Filter("staff", STAFF, [WITH_STAFF], "staff" if staff else "", Words("不推荐", "Left out")),
        ],
        "definition": DEFINITION,
    }  # fmt: skip
    if text:
        asked = Asked(text, first, last, frozenset(each.pk for each in chosen) if chosen else None, staff)
        context |= _answer(request, asked, {each.pk: each.name for each in here})
    if (kind := request.GET.get("export", "")) in ("csv", "xlsx"):
        return exported(kind, "experts", [str(each) for each in HEADS], map(_cells, context.get("rows", [])))
    given = request.GET.copy()
    given.pop("export", None)
    context["files"] = f"{given.urlencode()}&"
    return answer(request, "experts", context, part="_experts")


def days_asked(first: str, last: str, today: date) -> tuple[date, date]:
    """The days that were typed, the year up to today where none were (or what is none), the earlier first."""
    end = _day(last) or today
    begin = _day(first) or max(end, date.min + YEAR) - YEAR
    return min(begin, end), max(begin, end)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _answer(request: Ask, asked: Asked, names: dict[int, str]) -> dict[str, Any]:
    try:
        found = experts(lake(), request.scope, asked)
    except DomainError as error:
        if error.code != "no_topic":
            raise
        return {"refused": error.message}
    may_edit = request.scope.may("members.edit")
    return {
        "found": found,
        "rows": [_row(each, asked, names) for each in found.found],
        "terms": [" / ".join(each) for each in found.topic.terms],
        "summary": _summary(found),
        "tag_choices": choices(tags_in(request.scope)) if may_edit else [],
    }


def _row(expert: Expert, asked: Asked, names: dict[int, str]) -> Row:
    spoke = expert.spoke
    places = [names[each] for each in spoke.communities if each in names] if spoke else []
    quotes = [(names.get(each.community, ""), each) for each in spoke.quotes] if spoke else []
    return Row(expert, places, quotes, str(OPENING.fill(name=expert.member.name, text=asked.text)))


def _summary(found: Experts) -> Words:
    told = Words(
        "从 {since} 起读了 {messages} 条消息，{about} 条谈到它，其中 {questions} 个提问（跟踪了 {followed} 个）；有迹象的共 {people} 人，列出前 {shown} 人",
        "{messages} messages read since {since}, {about} about it, {questions} of these ask ({followed} followed); {shown} of {people} people with any sign",
    )
    talk = found.talk
    return told.fill(
        since=talk.since or "–",
        messages=f"{talk.messages:,}",
        about=f"{talk.about:,}",
        questions=f"{talk.questions:,}",
        followed=f"{talk.followed:,}",
        people=f"{found.people:,}",
        shown=min(SHOWN, len(found.found)),
    )
