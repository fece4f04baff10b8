"""Surveys: made, opened, put to people, ended, and what came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.contacting import Touch, claim_many
from qunyu.members.merging import editable
from qunyu.members.queries import heads, is_of_seen
from qunyu.satisfaction.models import Ask, Reply, Survey, SurveyState
from qunyu.satisfaction.rules import questions as rules
from qunyu.satisfaction.rules.questions import Question, from_json
from qunyu.satisfaction.rules.scores import mean, net_promoters

if TYPE_CHECKING:
    from qunyu.people.models import Unit

# Kinds of questions, and how many a survey may have.
KINDS, MOST_QUESTIONS = rules.KINDS, rules.MOST_QUESTIONS
LONGEST_TITLE, LONGEST_INTRO, LONGEST_THANKS = 60, 300, 200
# More words than these nobody reads on one page.
MOST_TEXTS = 200
# A link that lies about for longer than this tells of another time.
GOOD_FOR = timedelta(days=30)
MOST_AT_ONCE = 2_000
STATES: dict[str, Words] = {
    "draft": Words("草稿", "Draft"),
    "open": Words("进行中", "Open"),
    "closed": Words("已结束", "Closed"),
}
SALT = "qunyu.satisfaction.ask"
SENT = Words("发送问卷：{title}", "Survey: {title}")


@dataclass(frozen=True)
class Wording:
    """What a survey says; `questions` as rules.questions.from_json takes them."""

    title: str
    questions: Sequence[Mapping[str, Any]]
    intro: str = ""
    thanks: str = ""


@transaction.atomic
def make_survey(*, by: Scope, unit: Unit, wording: Wording, now: datetime) -> Survey:
    """A new survey, not open yet.

    Raises Denied; DomainError bad_survey with the `field`, bad_questions or bad_question.
    """
    by.require("members.edit", unit.pk)
    row = Survey(unit=unit, by_name=by.actor.name[:120], created_at=now)
    _take(row, wording)
    row.save()
    audit.record(by=by.actor, action="survey.add", kind="survey", id=row.pk, now=now, unit=unit.pk)
    return row


@transaction.atomic
def change_survey(*, by: Scope, survey: Survey, wording: Wording, now: datetime) -> Survey:
    """The survey with another wording, before it was opened: answers belong to what was asked.

    Raises Denied; DomainError as make_survey, or survey_not_draft.
    """
    by.require("members.edit", survey.unit_id)
    row = Survey.objects.select_for_update().get(pk=survey.pk)
    if row.state != SurveyState.DRAFT:
        message = Words(
            "已开始的问卷不能再改；请复制成新的", "a survey that was opened stays as it is; copy it instead"
        )
        raise DomainError("survey_not_draft", message)
    _take(row, wording)
    row.save()
    audit.record(by=by.actor, action="survey.change", kind="survey", id=row.pk, now=now)
    return row


def _take(row: Survey, wording: Wording) -> None:
    limits = {"title": LONGEST_TITLE, "intro": LONGEST_INTRO, "thanks": LONGEST_THANKS}
    for name, most in limits.items():
        text = getattr(wording, name).strip()
        if len(text) > most or (name == "title" and not text):
            raise DomainError(
                "bad_survey",
                Words(f"须有内容且最多 {most} 个字", f"fill it in, with at most {most} characters"),
                field=name,
            )
        setattr(row, name, text)
    row.questions = [each.to_json() for each in from_json(wording.questions)]


@transaction.atomic
def open_survey(*, by: Scope, survey: Survey, to_all: bool, now: datetime) -> bool:
    """Lets people answer, over a link for everybody too if `to_all`; whether anything changed. A closed one opens again.

    Raises Denied.
    """
    by.require("members.edit", survey.unit_id)
    token = (survey.token or new_public_id()) if to_all else None
    found = Survey.objects.filter(pk=survey.pk).exclude(state=SurveyState.OPEN, token=token)
    changed = found.update(state=SurveyState.OPEN, token=token, opened_at=survey.opened_at or now, closed_at=None)
    if changed:
        audit.record(by=by.actor, action="survey.open", kind="survey", id=survey.pk, now=now, to_all=to_all)
    return bool(changed)


@transaction.atomic
def close_survey(*, by: Scope, survey: Survey, now: datetime) -> bool:
    """Nobody can answer any more; whether anything changed.

    Raises Denied.
    """
    by.require("members.edit", survey.unit_id)
    changed = Survey.objects.filter(pk=survey.pk, state=SurveyState.OPEN).update(
        state=SurveyState.CLOSED, closed_at=now
    )
    if changed:
        audit.record(by=by.actor, action="survey.close", kind="survey", id=survey.pk, now=now)
    return bool(changed)


@transaction.atomic
def ask(*, by: Scope, survey: Survey, members: Collection[int], now: datetime) -> int:
    """Puts the survey to those of `members` who were not asked yet and whom `by` may edit: each gets a link; how many are new.

    To be asked is a contact: whoever may not be contacted now (the cap, quiet, consent) gets no link.

    Raises Denied; DomainError survey_not_open or too_many_asked.
    """
    by.require("members.edit", survey.unit_id)
    if survey.state != SurveyState.OPEN:
        raise DomainError("survey_not_open", Words("问卷还没有开始，或已结束", "the survey is not open"))
    if len(members) > MOST_AT_ONCE:
        message = Words("一次最多 {most} 人", "at most {most} people at once")
        raise DomainError("too_many_asked", message.fill(most=MOST_AT_ONCE), field="members")
    mine = editable(by).filter(member__in=list(members))
    asked = set(
        Ask.objects.filter(survey=survey, member__in=mine.values("own_member")).values_list(
            "member__own_identity__member", flat=True
        )
    )
    chosen = sorted(set(mine.values_list("member", flat=True)) - asked)
    touch = Touch("survey", "direct", SENT.zh.format(title=survey.title), at_leisure=True)
    chosen = sorted(claim_many(by=by, members=chosen, touch=touch, now=now)) if chosen else []
    until, name = now + GOOD_FOR, by.actor.name[:120]
    Ask.objects.bulk_create(Ask(survey=survey, member_id=each, at=now, until=until, by_name=name) for each in chosen)
    if chosen:
        audit.record(by=by.actor, action="survey.ask", kind="survey", id=survey.pk, now=now, people=len(chosen))
    return len(chosen)


def link_of(ask: Ask) -> str:
    """What stands in the address of somebody's own link: the ask's public id, signed with the deployment's key."""
    return signing.dumps(ask.public_id, salt=SALT, compress=False)


def surveys(scope: Scope) -> QuerySet[Survey]:
    """The surveys of units where members may be seen, the latest first, with `asked` and `replied` counted."""
    asked = Count("asks", distinct=True) + F("forgotten")
    found = Survey.objects.annotate(asked=asked, replied=Count("replies", distinct=True))
    ordered = found.select_related("unit").order_by("-created_at", "-id")
    return ordered if scope.everything else ordered.filter(unit__in=scope.units("members.view"))


def find_survey(scope: Scope, public_id: str) -> Survey:
    """The survey with that public id.

    Raises DomainError unknown_survey.
    """
    found = surveys(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的问卷", "there is no survey with the id “{id}”")
        raise DomainError("unknown_survey", message.fill(id=public_id), id=public_id)
    return found


def asks_of(scope: Scope, survey: Survey) -> QuerySet[Ask]:
    """Who was asked, of those `scope` may see, the latest first, with their replies; `head` and `head_id` are the person's name and public id now."""
    now = heads(OuterRef("member"))
    rows = Ask.objects.filter(is_of_seen(scope), survey=survey).select_related("reply")
    named = rows.annotate(head=Subquery(now.values("name")[:1]), head_id=Subquery(now.values("public_id")[:1]))
    return named.order_by("-at", "id")


def unanswered(before: datetime) -> QuerySet[Ask]:
    """The own links that were good until before a moment and that nobody answered, whoever asks."""
    return Ask.objects.filter(until__lt=before, reply=None)


@transaction.atomic
def forget_unanswered(before: datetime) -> int:
    """Lets those go, counted by their surveys from then on; how many."""
    rows = unanswered(before)
    for survey, count in rows.order_by().values_list("survey").annotate(count=Count("id")):
        Survey.objects.filter(pk=survey).update(forgotten=F("forgotten") + count)
    return rows.delete()[1].get("satisfaction.Ask", 0)


def may_send(scope: Scope, survey: Survey) -> bool:
    """Whether `scope` may know people's own links: who has one can answer in that person's name."""
    return scope.may("members.edit", survey.unit_id)


@transaction.atomic
def hand_out(*, by: Scope, survey: Survey, now: datetime) -> QuerySet[Ask]:
    """Everybody's own links at once, for sending; that they were given out is kept.

    Raises Denied.
    """
    by.require("members.edit", survey.unit_id)
    found = asks_of(by, survey)
    audit.record(by=by.actor, action="survey.links", kind="survey", id=survey.pk, now=now, people=found.count())
    return found


@dataclass(frozen=True)
class Told:
    """What was answered to one question: `counts` by answer in the order of its choices, `mean` of the numbers, `promoters` (net) for likely ones, the latest `texts`."""

    question: Question
    count: int
    counts: tuple[tuple[str, int], ...]
    mean: float | None
    promoters: int | None
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of a survey: of `asked` people `by_asked` replied, `replied` altogether; `score` is the mean of 0 to 100, None without any."""

    asked: int
    by_asked: int
    replied: int
    score: int | None
    told: tuple[Told, ...]


def outcome(survey: Survey) -> Outcome:
    """What came of a survey that the caller has found under a scope."""
    replies = list(Reply.objects.filter(survey=survey).order_by("-at", "-id").values_list("ask", "answers", "score"))
    questions = from_json(survey.questions)
    told = tuple(
        _told(question, [answers[str(number)] for _, answers, _ in replies if str(number) in answers])
        for number, question in enumerate(questions, 1)
    )
    return Outcome(
        asked=Ask.objects.filter(survey=survey).count() + survey.forgotten,
        by_asked=sum(asked is not None for asked, _, _ in replies),
        replied=len(replies),
        score=mean(score for _, _, score in replies if score is not None),
        told=told,
    )


def _told(question: Question, found: Sequence[Any]) -> Told:
    counted = Counter(map(str, found))
    choices = [str(each) for each in question.range] or list(question.options)
    numbers = [int(each) for each in found] if question.range else []
    return Told(
        question,
        len(found),
        tuple((each, counted[each]) for each in choices),
        sum(numbers) / len(numbers) if numbers else None,
        net_promoters(numbers) if question.kind == "likely" else None,
        tuple(map(str, found[:MOST_TEXTS])) if question.kind == "text" else (),
    )
