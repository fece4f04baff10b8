"""The pages of prospects."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.members.contact_caps import change_caps
from qunyu.members.models import Contact, Member
from qunyu.members.quiet import keep_quiet
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from qunyu.prospects.measuring import measure
from qunyu.prospects.models import Attempt, Hold, ProspectRun
from qunyu.prospects.weighing import weigh
from tests.console.conftest import read
from tests.deployment_fixtures import NOW


@pytest.fixture
def run(system: Scope, unit: Unit, tea: Community) -> ProspectRun:
    """The unit's lists, over the tea lovers' four days."""
    change_caps(by=system, unit=root_unit(), changes={"contact.quiet_from": 0.0, "contact.quiet_to": 0.0}, now=NOW)
    weigh(unit=unit, now=NOW)
    return measure(by=system, unit=unit, now=NOW)


def test_the_list_says_how_it_was_made_and_is_narrowed_and_exported(boss: Client, unit: Unit, run: ProspectRun) -> None:
    page = reverse("console:prospects")
    assert "还没有名单" in read(boss.get(page))
    given = {"unit": unit.public_id}
    shown = read(boss.get(page, given))
    assert "数据不足，算不出可能性" in shown
    assert "历史不够长" in shown and "还没有订单数据" in shown
    ProspectRun.objects.update(figures={**run.figures, "ordered_until": "2026-03-12"})
    assert "订单数据只到 2026-03-12" in read(boss.get(page, given))
    assert "小茶" in shown
    assert "Lin" not in read(boss.get(page, {**given, "reason": "asked"}))
    assert "没有符合条件的人" not in read(boss.get(page, {**given, "q": "nobody"}))
    file = boss.get(page, {**given, "export": "csv", "column": ["words"]})
    text = b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    assert "小茶，看到您在群里问的事" in text
    assert "实付" in read(boss.get(reverse("console:worth"), given))
    assert "没有记录社群费用" in read(boss.get(reverse("console:worth"), {**given, "side": "brings"}))


def test_somebody_is_spoken_with_and_left_alone_from_their_page(boss: Client, unit: Unit, run: ProspectRun) -> None:
    cha = Member.objects.get(name="小茶")
    page = reverse("console:prospect", args=[unit.public_id, cha.public_id])
    shown = read(boss.get(page))
    assert "近期提问" in shown and "小茶，看到您在群里问的事" in shown
    refused = boss.post(page, {"did": "contacted", "channel": "direct", "summary": "问候", "outcome": "?"})
    assert refused.status_code == 400
    assert "请选择对方的反应" in read(refused) and "问候" in read(refused)
    assert (
        boss.post(page, {"did": "contacted", "channel": "direct", "summary": "问候", "outcome": "later"}).status_code
        == 302
    )
    assert Attempt.objects.get().outcome == "later"
    capped = read(boss.get(page))
    assert "以后再说" in capped and "推销" in capped and "最早" in capped and 'name="passing"' in capped
    told = {"did": "contacted", "channel": "direct", "summary": "再问", "outcome": "later"}
    refused = boss.post(page, told)
    assert refused.status_code == 400 and "上限 1 次" in read(refused) and "再问" in read(refused)
    assert boss.post(page, {**told, "passing": "对方要货"}).status_code == 302
    assert Contact.objects.get(standing="passed").why == "对方要货"
    Contact.objects.all().delete()
    late = boss.post(page, {"did": "until", "until": "2020-01-01", "why": "出差"})
    assert late.status_code == 400
    assert "明天至三年内" in read(late) and "出差" in read(late)
    assert boss.post(page, {"did": "never", "why": "不需要"}).status_code == 302
    assert "已设为暂不联系" in read(boss.get(page))
    assert boss.post(page, {"did": "put_back"}).status_code == 302
    assert not Hold.objects.filter(ended_at=None).exists()


def test_whom_nobody_is_to_contact_gets_no_words_and_no_form(
    boss: Client, system: Scope, unit: Unit, run: ProspectRun
) -> None:
    cha = Member.objects.get(name="小茶")
    keep_quiet(by=system, member=cha, reason="asked", now=timezone.now())
    shown = read(boss.get(reverse("console:prospect", args=[unit.public_id, cha.public_id])))
    assert "请勿联系：对方要求不要联系" in shown
    assert 'name="summary"' not in shown and "小茶，看到您" not in shown
    assert "小茶" not in read(boss.get(reverse("console:prospects"), {"unit": unit.public_id, "reason": "asked"}))


def test_settings_keep_what_was_typed_and_say_what_holds(boss: Client, unit: Unit) -> None:
    page = reverse("console:prospect_settings", args=[unit.public_id])
    assert "现在：未设，算作未知" in read(boss.get(page))
    refused = boss.post(page, {"worth.margin": "forty", "due": "{name}，您好"})
    assert refused.status_code == 400
    assert "不是数字" in read(refused) and "{name}，您好" in read(refused)
    half = boss.post(page, {"worth.margin": "30", "due": "{price}"})
    assert half.status_code == 400
    assert "现在：未设，算作未知" in read(boss.get(page)) and "现在：30 %" not in read(boss.get(page))
    assert boss.post(page, {"worth.margin": "40", "due": "{name}，您好"}).status_code == 302
    assert "现在：40 %" in read(boss.get(page))
    asked = boss.post(reverse("console:prospects_renew"), {"unit": unit.public_id})
    assert asked["Location"].endswith(unit.public_id)


def test_a_page_asks_as_much_of_many_as_of_few(
    boss: Client, unit: Unit, run: ProspectRun, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        boss.get(reverse("console:prospects"), {"unit": unit.public_id})
    assert timezone.now() > run.at
