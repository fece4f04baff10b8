"""Surveys: made, opened, put to people, answered over a link, and what comes of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Denied, Scope
from qunyu.members.models import Member
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from qunyu.satisfaction import replying
from qunyu.satisfaction.models import Ask, Opinion, Reply, Survey
from qunyu.satisfaction.replying import paper, reply
from qunyu.satisfaction.surveys import (
    GOOD_FOR,
    Wording,
    ask,
    asks_of,
    change_survey,
    close_survey,
    find_survey,
    hand_out,
    link_of,
    make_survey,
    may_send,
    open_survey,
    outcome,
    surveys,
)
from tests.deployment_fixtures import NOW, AddStaff

QUESTIONS: list[dict[str, Any]] = [
    {"kind": "stars", "title": "满意吗？"},
    {"kind": "likely", "title": "推荐吗？", "required": False},
    {"kind": "text", "title": "还有吗？", "required": False},
]
WORDING = Wording("三月回访", QUESTIONS, "谢谢您来喝茶", "收到")


@pytest.fixture
def survey(system: Scope, unit: Unit) -> Survey:
    """An open one of 华东店 with a link for everybody."""
    made = make_survey(by=system, unit=unit, wording=WORDING, now=NOW)
    open_survey(by=system, survey=made, to_all=True, now=NOW)
    return find_survey(system, made.public_id)


def put(system: Scope, survey: Survey, who: Member) -> str:
    """The link of somebody who is asked."""
    assert ask(by=system, survey=survey, members=[who.pk], now=NOW) == 1
    return link_of(Ask.objects.get(survey=survey, member=who))


@pytest.mark.parametrize(
    ("wording", "field"),
    [
        (Wording("", QUESTIONS), "title"),
        (Wording("x" * 61, QUESTIONS), "title"),
        (Wording("x", QUESTIONS, "x" * 301), "intro"),
        (Wording("x", QUESTIONS, "", "x" * 201), "thanks"),
        (Wording("x", []), "questions"),
        (Wording("x", [{"kind": "stars"}]), "question-1"),
    ],
)
def test_bad_wording_names_the_field(system: Scope, unit: Unit, wording: Wording, field: str) -> None:
    with pytest.raises(DomainError) as caught:
        make_survey(by=system, unit=unit, wording=wording, now=NOW)
    assert caught.value.data["field"] == field
    assert not Survey.objects.exists()


def test_only_who_edits_members_there_makes_changes_opens_and_asks(
    survey: Survey, staff: AddStaff, unit: Unit, other_unit: Unit, mei: Member
) -> None:
    for who in (scope_of(staff("afar", "owner", other_unit)), scope_of(staff("looker", "auditor", unit))):
        for act in (
            lambda by: make_survey(by=by, unit=unit, wording=WORDING, now=NOW),
            lambda by: change_survey(by=by, survey=survey, wording=WORDING, now=NOW),
            lambda by: open_survey(by=by, survey=survey, to_all=False, now=NOW),
            lambda by: close_survey(by=by, survey=survey, now=NOW),
            lambda by: ask(by=by, survey=survey, members=[mei.pk], now=NOW),
        ):
            with pytest.raises(Denied):
                act(who)
    assert (Survey.objects.get().state, Ask.objects.count()) == ("open", 0)
    assert not surveys(scope_of(staff("far", "admin", other_unit))).exists()


def test_what_was_opened_stays_as_it_was_asked(system: Scope, survey: Survey) -> None:
    with pytest.raises(DomainError) as caught:
        change_survey(by=system, survey=survey, wording=Wording("另一份", QUESTIONS), now=NOW)
    assert caught.value.code == "survey_not_draft"
    assert Survey.objects.get().title == "三月回访"


def test_somebodys_own_link_gives_one_reply_and_an_opinion(system: Scope, survey: Survey, mei: Member) -> None:
    link = put(system, survey, mei)
    assert ask(by=system, survey=survey, members=[mei.pk], now=NOW) == 0
    row = reply(paper=paper(link, NOW), given={1: "5", 2: "6", 3: "茶好"}, now=NOW)
    assert (row.score, row.answers) == (80, {"1": 5, "2": 6, "3": "茶好"})
    opinion = Opinion.objects.get()
    assert (opinion.member, opinion.score, opinion.kind, opinion.about) == (mei, 80, "survey", "三月回访")
    with pytest.raises(DomainError) as caught:
        reply(paper=paper(link, NOW), given={1: "1"}, now=NOW)
    assert caught.value.code == "answered_already"
    assert Opinion.objects.count() == Reply.objects.count() == 1


def test_the_link_for_everybody_names_nobody(system: Scope, survey: Survey) -> None:
    for stars in ("1", "5"):
        reply(paper=paper(survey.token or "", NOW), given={1: stars}, now=NOW)
    assert not Opinion.objects.exists()
    found = outcome(survey)
    assert (found.asked, found.by_asked, found.replied, found.score) == (0, 0, 2, 50)


def test_what_comes_of_it(system: Scope, survey: Survey, mei: Member) -> None:
    put(system, survey, Member.objects.get(name="Tom"))
    reply(paper=paper(put(system, survey, mei), NOW), given={1: "4", 2: "9"}, now=NOW)
    reply(paper=paper(survey.token or "", NOW), given={1: "2", 2: "3", 3: "太凉"}, now=NOW + timedelta(hours=1))
    found = outcome(survey)
    assert (found.asked, found.by_asked, found.replied, found.score) == (2, 1, 2, 56)
    stars, likely, words = found.told
    assert (stars.counts, stars.mean, stars.promoters) == (
        (("1", 0), ("2", 1), ("3", 0), ("4", 1), ("5", 0)),
        3.0,
        None,
    )
    assert (likely.count, likely.mean, likely.promoters) == (2, 6.0, 0)
    assert (words.count, words.texts, words.mean) == (1, ("太凉",), None)


def test_links_that_lead_nowhere(system: Scope, survey: Survey, mei: Member) -> None:
    link = put(system, survey, mei)
    for wrong, when in ((f"{link}x", NOW), (link, NOW + GOOD_FOR), ("nothing", NOW), ("a\0b", NOW), ("", NOW)):
        with pytest.raises(DomainError) as caught:
            paper(wrong, when)
        assert caught.value.code == "unknown_paper"
    close_survey(by=system, survey=survey, now=NOW)
    for gone in (link, survey.token or ""):
        with pytest.raises(DomainError):
            paper(gone, NOW)


def test_links_are_for_who_may_send_them_and_names_for_who_may_see_them(
    system: Scope, survey: Survey, mei: Member, staff: AddStaff, unit: Unit, other_unit: Unit
) -> None:
    put(system, survey, mei)
    looker, afar = scope_of(staff("looker", "auditor", unit)), scope_of(staff("afar", "owner", other_unit))
    assert [each.head for each in asks_of(looker, survey)] == ["Mei"]  # type: ignore[attr-defined]
    assert not asks_of(afar, survey).exists()
    assert [may_send(each, survey) for each in (system, looker, afar)] == [True, False, False]
    with pytest.raises(Denied):
        hand_out(by=looker, survey=survey, now=NOW)
    assert hand_out(by=system, survey=survey, now=NOW).count() == 1
    assert [each.data for each in AuditEntry.objects.filter(action="survey.links")] == [{"people": 1}]


def test_a_machine_that_answers_is_told_to_wait(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replying, "MOST_A_MINUTE", 2)
    found = paper(survey.token or "", NOW)
    for _ in range(2):
        reply(paper=found, given={1: "1"}, now=NOW)
    with pytest.raises(DomainError) as caught:
        reply(paper=found, given={1: "1"}, now=NOW)
    assert caught.value.code == "too_many_replies"
    assert reply(paper=found, given={1: "1", 3: "a\0b"}, now=NOW + timedelta(minutes=2)).answers["3"] == "ab"


def test_bad_answers_keep_nothing(system: Scope, survey: Survey, mei: Member) -> None:
    found = paper(put(system, survey, mei), NOW)
    with pytest.raises(DomainError) as caught:
        reply(paper=found, given={1: "9", 2: "x"}, now=NOW)
    wrong = caught.value.data["wrong"]
    assert isinstance(wrong, dict)
    assert set(wrong) == {1, 2}
    assert not Reply.objects.exists()


def test_nobody_is_asked_before_it_opens_nor_too_many_at_once(system: Scope, survey: Survey, mei: Member) -> None:
    with pytest.raises(DomainError) as caught:
        ask(by=system, survey=survey, members=range(2001), now=NOW)
    assert caught.value.code == "too_many_asked"
    close_survey(by=system, survey=survey, now=NOW)
    with pytest.raises(DomainError) as caught:
        ask(by=system, survey=find_survey(system, survey.public_id), members=[mei.pk], now=NOW)
    assert caught.value.code == "survey_not_open"
    assert not Ask.objects.exists()
