"""Expertise over a lake: what counts as about a topic, as an answer and as thanks, and what stays out of sight."""

from __future__ import annotations

from datetime import date

import pytest

from qunyu.communities.models import Community
from qunyu.flows.place import lake
from qunyu.insights.expertise import Expertise, expertise
from qunyu.insights.remembered import Remembered
from qunyu.insights.topic import topic_of
from qunyu.kernel.scope import Scope, system_scope
from qunyu.members.experts import Asked, experts
from qunyu.members.models import Identity, Member
from qunyu.members.profile import change
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, AddStaff, ImportFile

CHAT = """\
01/03/2026, 09:00 - Mei created group "Brewers"
01/03/2026, 09:30 - Mei: 冷泡茶怎么做？
01/03/2026, 09:31 - Tom: 一升水放十克茶叶，冰箱里放一夜
01/03/2026, 09:32 - Tom: 早上滤出来就能喝了
01/03/2026, 09:33 - Mei: 谢谢Tom
01/03/2026, 09:34 - Ann: 今天天气真不错啊，大家出去走走
01/03/2026, 09:35 - Bot: 本群广告请勿乱发，违者移出本群哦
01/03/2026, 09:36 - Lin: 好
01/03/2026, 10:00 - Zoe: 我也来说一句别的事情，无关的话
05/03/2026, 20:00 - Lin: 冷泡茶我一般放绿茶
06/03/2026, 20:00 - Kai: 有人会做冷泡茶吗
06/03/2026, 20:10 - Tom: 会的，水要干净，茶叶多放一点点
"""
MARCH = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture
def brewers(import_file: ImportFile, unit: Unit) -> Community:
    import_file("WhatsApp Chat with Brewers.txt", CHAT, unit)
    Member.objects.filter(name="Bot").update(role="bot")
    Member.objects.filter(name="Lin").update(role="staff")
    return Community.objects.get(name="Brewers")


def told(found: Expertise) -> dict[str, tuple[int, int, int]]:
    names = dict(Member.objects.values_list("pk", "name"))
    return {names[each.member]: (each.messages, each.answers, each.thanked) for each in found.found}


def test_messages_answers_and_thanks_are_counted(brewers: Community, system: Scope) -> None:
    found = expertise(lake(), system, topic_of("冷泡茶怎么做"), *MARCH)
    # Ann was one of the first three to speak after the question: that she spoke of something else cannot be told.
    assert told(found) == {"Tom": (0, 2, 1), "Ann": (0, 1, 0), "Lin": (1, 0, 0)}
    assert (found.messages, found.about, found.questions, found.followed, found.people) == (10, 3, 2, 2, 3)
    assert found.since == date(2026, 3, 1)
    tom = found.found[0]
    assert [(each.text, each.answer) for each in tom.quotes] == [
        ("会的，水要干净，茶叶多放一点点", True),
        ("一升水放十克茶叶，冰箱里放一夜", True),
    ]
    assert told(expertise(lake(), system, topic_of("冷泡茶"), date(2026, 3, 5), date(2026, 3, 5))) == {"Lin": (1, 0, 0)}
    assert expertise(lake(), system, topic_of("冷泡茶"), *MARCH, communities=[]) == Expertise()


def test_of_a_broad_topic_the_latest_months_are_enough(
    import_file: ImportFile, unit: Unit, system: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_file("WhatsApp Chat with Brewers.txt", "13/02/2026, 09:00 - Ann: 冷泡茶真好喝\n" + CHAT, unit)
    asked = (lake(), system, topic_of("冷泡茶"), date(2026, 1, 1), date(2026, 3, 31))
    whole = expertise(*asked)
    assert (told(whole)["Ann"], whole.since, whole.messages) == ((1, 1, 0), date(2026, 2, 1), 12)
    monkeypatch.setattr("qunyu.insights.expertise.ENOUGH", 1)
    monkeypatch.setattr("qunyu.insights.expertise._KEPT", Remembered())
    latest = expertise(*asked)
    assert (told(latest)["Ann"], latest.since, latest.messages) == ((0, 1, 0), date(2026, 3, 1), 11)


def test_only_where_members_may_be_seen(brewers: Community, staff: AddStaff, other_unit: Unit, unit: Unit) -> None:
    far, near = scope_of(staff("far", "owner", other_unit)), scope_of(staff("near", "owner", unit))
    assert expertise(lake(), far, topic_of("冷泡茶"), *MARCH) == Expertise()
    assert len(expertise(lake(), near, topic_of("冷泡茶"), *MARCH).found) == 3
    assert experts(lake(), far, Asked("冷泡茶", *MARCH)).found == ()


def test_staff_on_request_and_fields_that_are_not_sensitive(brewers: Community, system: Scope) -> None:
    kai = Identity.objects.get(key="Kai").member
    change(
        by=system, member=kai, changes={"occupation": "冷泡茶师傅", "real_name": "冷泡茶"}, now=NOW, today=NOW.date()
    )

    def names(staff: bool) -> list[str]:
        asked = Asked("冷泡茶", *MARCH, staff=staff)
        return [each.member.name for each in experts(lake(), system_scope("tests"), asked).found]

    assert names(False) == ["Tom", "Kai", "Ann"]
    assert names(True) == ["Tom", "Kai", "Ann", "Lin"]
    (found,) = [each for each in experts(lake(), system, Asked("冷泡茶", *MARCH)).found if each.member == kai]
    assert [(title.en, value.zh) for title, value in found.fields] == [("Occupation", "冷泡茶师傅")]
    assert (found.points, found.spoke) == (4, None)
