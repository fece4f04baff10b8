"""What is kept of what people said of us, and of the surveys they were asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F

from qunyu.kernel.personal import Holder, Kind, Person, plain, scrub
from qunyu.kernel.words import Words
from qunyu.members.personal import overview_of
from qunyu.satisfaction.models import Ask, Opinion, Reply, Step, Survey
from qunyu.satisfaction.rules.questions import LONGEST_OPTION, LONGEST_TITLE
from qunyu.satisfaction.surveys import forget_unanswered, unanswered


def _erase_opinions(person: Person) -> Mapping[str, int]:
    """What others said and were told may name the person too."""
    Opinion.objects.filter(member__in=person.own).delete()
    return {"elsewhere": scrub(Opinion, ("text", "about"), person) + scrub(Step, ("words",), person)}


def _erase_asks(person: Person) -> Mapping[str, int]:
    """The survey's figures stay as they were, without the words and without the person."""
    for reply in Reply.objects.filter(ask__member__in=person.own):
        numbers = {key: value for key, value in reply.answers.items() if isinstance(value, int)}
        Reply.objects.filter(pk=reply.pk).update(ask=None, answers=numbers)
    Ask.objects.filter(member__in=person.own).delete()
    changed = _erase_questions(person) + scrub(Survey, ("title", "intro", "thanks"), person)
    return {"elsewhere": changed + scrub(Reply, ("answers",), person)}


def _erase_questions(person: Person) -> int:
    changed = 0
    for survey in Survey.objects.all():
        questions = [_question(each, person) for each in survey.questions]
        if questions != survey.questions:
            changed += Survey.objects.filter(pk=survey.pk).update(questions=questions)
    return changed


def _question(question: Mapping[str, Any], person: Person) -> dict[str, Any]:
    """No longer than a question may be, and its options differ as they did."""
    options: list[str] = []
    for number, option in enumerate(question.get("options", ()), 1):
        text = person.without(option)[:LONGEST_OPTION]
        options.append(text if text not in options else f"{text[: LONGEST_OPTION - 3]} {number}")
    return {**question, "title": person.without(question["title"])[:LONGEST_TITLE], "options": options}


def _export_asks(person: Person) -> object:
    rows = Ask.objects.filter(member__in=person.own).order_by("id")
    return plain(rows.values("survey__title", "at", replied_at=F("reply__at"), answers=F("reply__answers")))


HOLDERS = (
    Holder(
        key="opinions",
        title=Words("评价与投诉", "Opinions and complaints"),
        what=Words("评分、好评、投诉及处理经过", "ratings, praise, complaints and what was done about them"),
        why=Words("满意度与用户类型", "satisfaction and user types"),
        models=("satisfaction.Opinion",),
        count=lambda person: Opinion.objects.filter(member__in=person.own).count(),
        export=lambda person: plain(
            Opinion.objects.filter(member__in=person.own)
            .order_by("id")
            .values("kind", "score", "text", "about", "at", "complaint__state")
        ),
        erase=_erase_opinions,
        overview=overview_of(Opinion, "at"),
    ),
    Holder(
        key="asks",
        title=Words("问卷链接与回答", "Surveys and answers"),
        what=Words("谁收到过问卷、怎么回答", "who was asked, and what they answered"),
        why=Words("了解满意度", "knowing how content people are"),
        models=("satisfaction.Ask",),
        count=lambda person: Ask.objects.filter(member__in=person.own).count(),
        export=_export_asks,
        erase=_erase_asks,
        overview=overview_of(Ask, "at"),
        stays=Words(
            "回答是问卷结果的一部分；没有回答的链接可设期限",
            "answers are part of what a survey found; links that nobody answered can have a period",
        ),
    ),
)
KINDS = (
    Kind(
        key="opinions",
        title=Words("评价与投诉", "Opinions and complaints"),
        help=Words("到期删除；用户类型只看最近一年的评价", "removed when it is over; user types look at one year"),
        count=lambda before: Opinion.objects.filter(at__lt=before).count(),
        remove=lambda before: Opinion.objects.filter(at__lt=before).delete()[1].get("satisfaction.Opinion", 0),
        least_days=365,
        models=("satisfaction.Opinion",),
    ),
    Kind(
        key="asks",
        title=Words("没有回答的问卷链接", "Survey links nobody answered"),
        help=Words(
            "失效后到期删除，发送数不变；问卷还开着时可以再次发给对方",
            "once they are no longer good; how many were asked stays, and a survey that is still open can be put to them again",
        ),
        count=lambda before: unanswered(before).count(),
        remove=forget_unanswered,
    ),
)
