"""The pages about what people say of us."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from qunyu.communities.models import Community
from qunyu.members.models import Member
from qunyu.people.queries import root_unit
from qunyu.satisfaction.models import Ask, Opinion, Survey
from tests.console.conftest import read


@pytest.fixture
def mei(tea: Community) -> Member:
    """Mei of the community Tea lovers."""
    return Member.objects.get(name="Mei")


def test_nothing_yet(boss: Client) -> None:
    assert "还没有人评价" in read(boss.get(reverse("console:satisfaction")))
    assert "还没有问卷" in read(boss.get(reverse("console:surveys")))


def test_a_complaint_is_noted_found_handled_and_exported(boss: Client, mei: Member) -> None:
    place = reverse("console:opinion_add", args=[mei.public_id])
    refused = boss.post(place, {"kind": "complaint", "text": ""})
    assert refused.status_code == 400
    assert "写明内容" in read(refused)
    assert boss.post(place, {"kind": "complaint", "text": "茶凉了", "about": "A7"}).status_code == 302
    row = Opinion.objects.get()
    assert "茶凉了" in read(boss.get(reverse("console:member", args=[mei.public_id])))
    assert "投诉 · 满意度 0/100" in read(
        boss.get(reverse("console:member", args=[mei.public_id]), {"source": "opinions"})
    )
    listed = boss.get(reverse("console:satisfaction"), {"state": "open", "q": "凉"})
    assert "Mei" in read(listed)
    assert "1 条未结束" in read(boss.get(reverse("console:satisfaction")))
    page = reverse("console:opinion", args=[row.public_id])
    assert "写明对对方说了什么" in read(boss.post(page, {"did": "settle", "words": ""}))
    assert boss.post(page, {"did": "settle", "words": "换了一杯", "content": "yes"}).status_code == 302
    row.refresh_from_db()
    keeper = row.complaint.keeper
    assert keeper is not None
    assert (row.score, keeper.username) == (50, "director")
    assert "换了一杯" in read(boss.get(page))
    file = boss.get(reverse("console:satisfaction"), {"export": "csv"})
    assert "茶凉了" in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    assert boss.post(page, {"did": "withdraw"}).status_code == 302
    assert "茶凉了" not in read(boss.get(reverse("console:satisfaction")))
    assert boss.post(page, {"did": "restore"}).status_code == 302
    assert "茶凉了" in read(boss.get(reverse("console:satisfaction")))


def test_a_survey_from_the_form_to_its_links(boss: Client, mei: Member) -> None:
    form = boss.get(reverse("console:survey_new"))
    assert "您对我们的服务满意吗" in read(form)
    given = {
        "unit": root_unit().public_id,
        "title": "回访",
        "kind-1": "stars",
        "title-1": "满意吗？",
        "required-1": "yes",
        "kind-2": "choice",
        "title-2": "哪家？",
        "options-2": "东",
    }
    refused = boss.post(reverse("console:survey_new"), given)
    assert refused.status_code == 400
    assert "第 2 题" in read(refused)
    given["options-2"] = "东\n西"
    made = boss.post(reverse("console:survey_new"), given)
    survey = Survey.objects.get()
    page = reverse("console:survey", args=[survey.public_id])
    assert made["Location"] == page
    edit = reverse("console:survey_edit", args=[survey.public_id])
    assert boss.post(edit, {**given, "title": "四月回访"}).status_code == 302
    boss.post(page, {"do": "open_to_all"})
    assert "http://testserver/m/s/" in read(boss.get(page))
    asked = reverse("console:survey_ask", args=[survey.public_id])
    assert "没有叫这个名字" in read(boss.post(asked, {"name": "nobody"}))
    assert "请写得更准确" in read(boss.post(asked, {"name": "i"}))
    assert not Ask.objects.exists()
    boss.post(asked, {"name": "Mei"})
    assert Ask.objects.filter(member=mei).count() == 1
    file = boss.get(page, {"export": "csv"})
    assert "Mei" in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    boss.post(page, {"do": "close"})
    assert "已结束" in read(boss.get(page))
    copied = boss.get(reverse("console:survey_new"), {"copy": survey.public_id})
    assert "四月回访" in copied.content.decode()
