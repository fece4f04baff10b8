"""What people said on the board: by members' days, once each, renewed when somebody says something more."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from qunyu.communities.models import Community
from qunyu.flows.place import lake
from qunyu.insights.behind import behind
from qunyu.insights.board import board
from qunyu.insights.question import Question
from qunyu.kernel.periods import Period
from qunyu.kernel.scope import Scope
from qunyu.members.models import Member
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from qunyu.satisfaction.models import Ask
from qunyu.satisfaction.opinions import Said, note, withdraw
from qunyu.satisfaction.replying import Paper, reply
from qunyu.satisfaction.surveys import Wording, ask, make_survey, open_survey
from tests.deployment_fixtures import NOW, AddStaff

pytestmark = pytest.mark.django_db
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), "month")
ASKED = ("satisfaction", "complaints", "complaint_rate", "net_promoters")


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 4, tzinfo=UTC)


def told(scope: Scope, **asked: Any) -> list[Any]:
    found = board(lake(), scope, Question(grain="month", metrics=frozenset(ASKED), **asked))
    return [(each.value, each.why) for each in (found.figure(name, MARCH) for name in ASKED)] if found.periods else []


def test_opinions_of_members_count_on_their_days(
    tea: Community, mei: Member, system: Scope, staff: AddStaff, other_unit: Unit
) -> None:
    assert told(system) == [(None, "opinions")] * 3 + [(None, "recommending")]
    tom = Member.objects.get(name="Tom")
    note(by=system, member=mei, said=Said("rating", at(2), stars=4), now=NOW)
    complaint = note(by=system, member=tom, said=Said("complaint", at(3), text="cold"), now=NOW)
    # Tom left on the 14th, and nothing is known of days after that one.
    note(by=system, member=tom, said=Said("praise", at(15), text="good"), now=NOW)
    score, complaints, rate, _ = told(system)
    assert (score, complaints) == ((0.375, ""), (1.0, ""))
    assert rate[0] == pytest.approx(1 / 3)
    assert behind(lake(), system, Question(grain="month"), "complaints", MARCH.first) == {tom.pk}
    withdraw(by=system, opinion=complaint, back=False, now=NOW)
    assert told(system)[:2] == [(0.75, ""), (0.0, "")]
    assert told(scope_of(staff("far", "owner", other_unit))) == []


def test_net_promoters_of_links_of_their_own(tea: Community, mei: Member, system: Scope) -> None:
    wording = Wording("推荐吗", [{"kind": "likely", "title": "愿意推荐吗？"}])
    survey = make_survey(by=system, unit=root_unit(), wording=wording, now=at(5))
    open_survey(by=system, survey=survey, to_all=False, now=at(5))
    survey.refresh_from_db()
    ask(by=system, survey=survey, members=[mei.pk], now=at(5))
    reply(paper=Paper(survey, Ask.objects.get()), given={1: "10"}, now=at(6))
    assert told(system)[3] == (1.0, "")
