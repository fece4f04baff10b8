"""A survey on a phone, opened by a link and by nobody signed in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.members.models import Member
from qunyu.people.models import Unit
from qunyu.satisfaction.models import Ask, Reply, Survey
from qunyu.satisfaction.surveys import Wording, ask, close_survey, link_of, make_survey, open_survey

ASKED: list[dict[str, Any]] = [
    {"kind": "stars", "title": "茶还满意吗？"},
    {"kind": "text", "title": "还有吗？", "required": False},
]


@pytest.fixture
def survey(system: Scope, unit: Unit) -> Survey:
    """An open one with a link for everybody."""
    made = make_survey(by=system, unit=unit, wording=Wording("回访", ASKED, thanks="茶友谢谢"), now=timezone.now())
    open_survey(by=system, survey=made, to_all=True, now=timezone.now())
    made.refresh_from_db()
    return made


def address(link: str) -> str:
    return reverse("h5:survey", args=[link])


def test_a_person_answers_once(system: Scope, survey: Survey, tea: Community, client: Client) -> None:
    mei = Member.objects.get(name="Mei")
    ask(by=system, survey=survey, members=[mei.pk], now=timezone.now())
    place = address(link_of(Ask.objects.get()))
    page = client.get(place)
    assert page.status_code == 200
    assert (page["X-Robots-Tag"], page["Cache-Control"]) == ("noindex", "no-store")
    assert "茶还满意吗？" in page.content.decode()
    assert "专属链接" in page.content.decode()
    assert "Mei" not in page.content.decode()
    sent = client.post(place, {"q1": "5", "q2": "好"})
    assert sent.status_code == 302
    assert "茶友谢谢" in client.get(sent["Location"]).content.decode()
    assert "您已经答过了" in client.get(place).content.decode()
    assert "您已经答过了" in Client().post(place, {"q1": "1"}).content.decode()
    assert [each.answers for each in Reply.objects.all()] == [{"1": 5, "2": "好"}]


def test_what_is_missing_is_said_beside_the_question_and_nothing_is_lost(survey: Survey, client: Client) -> None:
    page = client.post(address(survey.token or ""), {"q2": "说了一半"})
    assert page.status_code == 400
    text = page.content.decode()
    assert 'id="wrong-1"' in text
    assert "说了一半" in text
    assert not Reply.objects.exists()


def test_the_link_for_everybody_counts_one_telephone_once(survey: Survey, client: Client) -> None:
    place = address(survey.token or "")
    assert client.post(place, {"q1": "4"}).status_code == 302
    assert "您已经答过了" in client.get(place).content.decode()
    assert client.post(place, {"q1": "4"}).status_code == 200
    assert Client().post(place, {"q1": "2"}).status_code == 302
    assert Reply.objects.count() == 2


def test_a_link_that_leads_nowhere(survey: Survey, system: Scope, client: Client) -> None:
    assert client.get(address("nothing")).status_code == 404
    close_survey(by=system, survey=survey, now=timezone.now())
    page = client.post(address(survey.token or ""), {"q1": "4"})
    assert page.status_code == 404
    assert "问卷已结束" in page.content.decode()
    assert not Reply.objects.exists()


def test_in_english(survey: Survey) -> None:
    client = Client()
    client.cookies["qunyu_language"] = "en"
    assert "Your answers carry no name." in client.get(address(survey.token or "")).content.decode()
