"""Making: what a report of one period shows, of a unit or of one community, and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from qunyu.insights.board import NOTHING, Board, board
from qunyu.insights.cohorts import cohorts
from qunyu.insights.question import ALTOGETHER, Question
from qunyu.insights.totals import totals
from qunyu.kernel.periods import Period
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Language, Words, speaking
from qunyu.people.queries import units_below
from qunyu.reports.cards import SPANS, latest
from qunyu.reports.fonts import NoPicture
from qunyu.reports.page import COLUMNS, HEADLINE, Content, render
from qunyu.reports.picture import picture

if TYPE_CHECKING:
    from qunyu.communities.models import Community
    from qunyu.events.lake.store import Lake
    from qunyu.people.models import Unit

UNIT = Words("组织单位", "Unit")
# Made by the program and read by it: whoever asks is checked before.
FOLDER = "reports"


@dataclass(frozen=True)
class Subject:
    """What a report is about: `unit` and all below it, or `community` alone."""

    unit: Unit
    community: Community | None

    @property
    def title(self) -> str:
        """What it is called."""
        return self.community.name if self.community else self.unit.name


def narrowed(scope: Scope, unit: Unit) -> Scope:
    """What `scope` may see and do at `unit` and below, and nothing elsewhere."""
    below = units_below(unit)
    held: Mapping[str, frozenset[int]] = scope.allowed
    return Scope(scope.actor, {permission: ids & below for permission, ids in held.items()})


def content(lake: Lake, scope: Scope, subject: Subject, period: Period, now: datetime, zone: ZoneInfo) -> Content:
    """The report of `period`, with the periods before it, under what `scope` may see of the subject."""
    here = narrowed(scope, subject.unit)
    only = frozenset({subject.community.pk}) if subject.community else None
    question = Question(period.grain, communities=only)
    shown = latest(board(lake, here, question).between(None, period.last), SPANS[period.grain])
    each = Question("all", "community", period.first, period.last, only, frozenset(COLUMNS))
    return Content(
        title=subject.title,
        board=shown,
        by_community=NOTHING if subject.community else board(lake, here, each),
        cohorts=cohorts(lake, here, replace(question, last=period.last)),
        totals=totals(lake, here, Question("all", "none", period.first, period.last, only)),
        made_at=now,
        zone=zone,
        shown=[(str(UNIT), subject.unit.name)],
        headline=HEADLINE,
        key=ALTOGETHER,
    )


def as_of(lake: Lake, scope: Scope, subject: Subject) -> date | None:
    """The last day there are data of the subject; None without any."""
    only = frozenset({subject.community.pk}) if subject.community else None
    found: Board = board(lake, narrowed(scope, subject.unit), Question("month", communities=only))
    return found.as_of


@dataclass(frozen=True)
class Files:
    """A report's files, made: the picture is empty where `problem` says why there is none."""

    html: str
    png: bytes
    problem: Words | None

    def keep(self, data: Path, public_id: str) -> None:
        """Writes them into the data folder; a file that is there already is replaced whole."""
        folder = data / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for kind, text in (("html", self.html.encode()), ("png", self.png)):
            if text:
                part = folder / f"{public_id}.{kind}.part"
                part.write_bytes(text)
                part.rename(folder / f"{public_id}.{kind}")


def files(made: Content, language: Language) -> Files:
    """The report in `language`.

    Raises DomainError no_front_end when the charts' program is not installed.
    """
    with speaking(language):
        page = render(made)
        try:
            return Files(page, picture(made), None)
        except NoPicture as error:
            return Files(page, b"", error.message)


def path_of(data: Path, public_id: str, kind: str) -> Path:
    """Where a report's file of `kind` (html or png) lies."""
    return data / FOLDER / f"{public_id}.{kind}"
