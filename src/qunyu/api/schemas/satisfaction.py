"""Opinions, complaints and surveys."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import LongText, Ref, Text
from qunyu.satisfaction.surveys import link_of

if TYPE_CHECKING:
    from qunyu.flows.opinion_table import Telling
    from qunyu.satisfaction.models import Ask, Opinion, Survey
    from qunyu.satisfaction.surveys import Outcome

Kind = Literal["rating", "complaint", "praise", "survey"]
State = Literal["new", "working", "settled", "refused"]


class OpinionQuery(Schema):
    """Which opinions."""

    kind: Kind | None = None
    state: State | Literal["open"] | None = Field(default=None, description="of complaints; open: not ended")
    member: Text = Field(default="", description="public id of a person")
    limit: Limit = 50
    cursor: Cursor = ""


class OpinionIn(Schema):
    """What somebody said."""

    kind: Literal["rating", "complaint", "praise"]
    stars: int | None = Field(default=None, ge=1, le=5, description="for a rating")
    text: LongText = ""
    about: Text = Field(default="", description="an order or a product")
    at: datetime | None = Field(default=None, description="now where it is missing")


class OpinionOut(Schema):
    """What somebody said; `score` is 0 to 100, `state` and `keeper` are of complaints."""

    id: str
    member: Ref
    kind: Kind
    score: int
    text: str
    about: str
    at: datetime
    withdrawn: bool
    state: State | None
    keeper: str | None
    content: bool | None


class StepIn(Schema):
    """What is done about a complaint; `content`: whether the person is, for one that is settled."""

    did: Literal["take", "answer", "settle", "refuse", "reopen"]
    words: Text = ""
    content: bool | None = None


class QuestionIO(Schema):
    """One question; `options` are those of a choice."""

    kind: Literal["stars", "likely", "choice", "text"]
    title: Text
    required: bool = True
    options: list[Text] = Field(default=[], max_length=20)


class SurveyIn(Schema):
    """A survey's words; `unit` (a public id) only counts for a new one."""

    unit: Text = ""
    title: Text
    intro: Text = ""
    thanks: Text = ""
    questions: list[QuestionIO] = Field(max_length=20)


class SurveyOut(Schema):
    """A survey. `link` is the address for everybody below the deployment's, null where there is none."""

    id: str
    unit: Ref
    title: str
    intro: str
    thanks: str
    questions: list[QuestionIO]
    state: Literal["draft", "open", "closed"]
    asked: int
    replied: int
    link: str | None


class OpenIn(Schema):
    """Whether there is a link for everybody too."""

    to_all: bool = False


class AskIn(Schema):
    """Whom to ask."""

    members: list[Text] = Field(min_length=1, max_length=2000, description="public ids")


class AskOut(Schema):
    """Somebody’s own link, below the deployment's address; null when it was used, and for who may not send it."""

    member: Ref
    link: str | None
    until: datetime
    replied_at: datetime | None


class ToldOut(Schema):
    """What was answered to one question; `counts` are (answer, how often)."""

    title: str
    kind: str
    count: int
    counts: list[tuple[str, int]]
    mean: float | None
    promoters: int | None
    texts: list[str]


class OutcomeOut(Schema):
    """What came of a survey; `score` is the mean of 0 to 100, null where nothing was rated."""

    asked: int
    by_asked: int
    replied: int
    score: int | None
    told: list[ToldOut]


def opinion_out(row: Opinion) -> OpinionOut:
    """The opinion as it stands; its person must be annotated (satisfaction.opinions)."""
    handled = row.complaint if row.kind == "complaint" else None
    return OpinionOut(
        id=row.public_id,
        member=Ref(id=row.head_id, name=row.head),  # type: ignore[attr-defined]
        kind=row.kind,  # type: ignore[arg-type]
        score=row.score,
        text=row.text,
        about=row.about,
        at=row.at,
        withdrawn=row.withdrawn_at is not None,
        state=handled.state if handled else None,  # type: ignore[arg-type]
        keeper=handled.keeper.name if handled and handled.keeper else None,
        content=handled.content if handled else None,
    )


def survey_out(row: Survey) -> SurveyOut:
    """The survey as it stands; how many were asked and replied must be annotated (satisfaction.surveys)."""
    return SurveyOut(
        id=row.public_id,
        unit=Ref(id=row.unit.public_id, name=row.unit.name),
        title=row.title,
        intro=row.intro,
        thanks=row.thanks,
        questions=[QuestionIO(**each) for each in row.questions],
        state=row.state,  # type: ignore[arg-type]
        asked=row.asked,  # type: ignore[attr-defined]
        replied=row.replied,  # type: ignore[attr-defined]
        link=f"m/s/{row.token}" if row.token else None,
    )


def ask_out(row: Ask, may_send: bool) -> AskOut:
    """Whom a survey was put to; the link only for who may send it."""
    reply = getattr(row, "reply", None)
    return AskOut(
        member=Ref(id=row.head_id, name=row.head),  # type: ignore[attr-defined]
        link=None if reply or not may_send else f"m/s/{link_of(row)}",
        until=row.until,
        replied_at=reply.at if reply else None,
    )


def outcome_out(found: Outcome) -> OutcomeOut:
    """What came of it."""
    told = [
        ToldOut(
            title=each.question.title,
            kind=each.question.kind,
            count=each.count,
            counts=list(each.counts),
            mean=each.mean,
            promoters=each.promoters,
            texts=list(each.texts),
        )
        for each in found.told
    ]
    return OutcomeOut(asked=found.asked, by_asked=found.by_asked, replied=found.replied, score=found.score, told=told)


class TellingOut(Schema):
    """A line of a table of opinions; `problem` null where nothing is wrong with it, `column` the one it is in ("" for the person)."""

    line: int
    member: Ref | None
    kind: str | None
    column: str
    problem: str | None


class OpinionPlanOut(Schema):
    """What a table would note; `rows` are the first 200 lines, the wrong ones first."""

    lines: int
    wrong: int
    rows: list[TellingOut]


class OpinionsNoted(Schema):
    """How many opinions a table noted, and the act it is taken back by; what was on record already stayed as it is."""

    act: str
    noted: int


def telling_out(row: Telling) -> TellingOut:
    """The line as the API shows it."""
    member = Ref(id=row.member.public_id, name=row.member.name) if row.member else None
    kind, problem = row.said.kind if row.said else None, str(row.problem) if row.problem else None
    return TellingOut(line=row.number, member=member, kind=kind, column=row.column, problem=problem)
