"""Replying: what somebody does who follows a survey's link, signed in nowhere; the link alone says who and what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction

from qunyu.jobs.port import load
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.words import Words
from qunyu.satisfaction.models import Ask, Opinion, OpinionKind, Reply, Survey, SurveyState
from qunyu.satisfaction.opinions import label_anew
from qunyu.satisfaction.rules.questions import Question, answers, from_json, score
from qunyu.satisfaction.surveys import SALT

GONE = Words("这个链接无效、已过期，或问卷已结束", "this link is wrong or has run out, or the survey has ended")
# A group of hundreds that is sent the link answers within minutes; more than this is a machine.
MOST_A_MINUTE = 120
BUSY = Words("这一分钟回答的人太多，请稍后再提交", "too many are answering this minute; send it again in a moment")
AGAIN = Words("您已经答过了，谢谢", "you have answered already; thank you")


@dataclass(frozen=True)
class Paper:
    """The survey a link leads to, and whom it was put to; `ask` is None for the link for everybody."""

    survey: Survey
    ask: Ask | None

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is asked."""
        return from_json(self.survey.questions)

    @property
    def answered(self) -> bool:
        """Whether who has a link of their own used it already."""
        return self.ask is not None and Reply.objects.filter(ask=self.ask).exists()


def paper(link: str, now: datetime) -> Paper:
    """What the link leads to: a survey's token, or an ask's signed id.

    Raises DomainError unknown_paper where it leads nowhere (any more).
    """
    survey = Survey.objects.filter(token=link).first() if "\0" not in link else None
    found = Paper(survey, None) if survey else _own(link, now)
    if found is None or found.survey.state != SurveyState.OPEN:
        raise DomainError("unknown_paper", GONE)
    return found


def _own(link: str, now: datetime) -> Paper | None:
    try:
        public_id = signing.loads(link, salt=SALT)
    except signing.BadSignature:
        return None
    ask = Ask.objects.filter(public_id=public_id, until__gt=now).select_related("survey").first()
    return Paper(ask.survey, ask) if ask else None


def reply(*, paper: Paper, given: Mapping[int, str], now: datetime) -> Reply:
    """Keeps the answers (by the question's number from 1); of who has a link of their own the score becomes an opinion.

    Raises DomainError bad_answers (`wrong`: number -> Words), answered_already or too_many_replies.
    """
    load()
    lately = Reply.objects.filter(survey=paper.survey, ask=None, at__gt=now - timedelta(minutes=1))
    if paper.ask is None and lately.count() >= MOST_A_MINUTE:
        raise DomainError("too_many_replies", BUSY)
    found, wrong = answers(paper.questions, given)
    if wrong:
        raise DomainError(
            "bad_answers", Words("有 {n} 题需要修改", "{n} answers are to be mended").fill(n=len(wrong)), wrong=wrong
        )
    if not found:
        raise DomainError("bad_answers", Words("请至少回答一题", "please answer one question at least"), wrong={})
    rated = score(paper.questions, found)
    try:
        with transaction.atomic():
            row = Reply.objects.create(survey=paper.survey, ask=paper.ask, answers=found, score=rated, at=now)
            if paper.ask is not None and rated is not None:
                _opine(paper.ask, row, rated, now)
    except IntegrityError:
        raise DomainError("answered_already", AGAIN) from None
    return row


def _opine(ask: Ask, row: Reply, rated: int, now: datetime) -> None:
    Opinion.objects.create(
        act=new_public_id(), member_id=ask.member_id, kind=OpinionKind.SURVEY, score=rated, at=now, reply=row,
        about=ask.survey.title, by="", by_name="", written_at=now,
    )  # fmt: skip
    label_anew(ask.member_id, now)
