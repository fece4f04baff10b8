"""The pages of the relationship calendar: the contact cap, occasions, asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qunyu.care.finding import find_occasions
from qunyu.care.models import FavourAsk, Occasion
from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.members.contact_caps import change_caps
from qunyu.members.fields import BASIC
from qunyu.members.models import Contact, Member, Quiet
from qunyu.members.profile import write
from qunyu.people.models import Unit, UnitSetting
from qunyu.people.queries import root_unit
from tests.console.conftest import read


@pytest.fixture
def mei(tea: Community, system: Scope) -> Member:
    """Mei of the community Tea lovers, in a deployment without quiet hours: these tests run at night too."""
    changes = {"contact.quiet_from": 0.0, "contact.quiet_to": 0.0}
    change_caps(by=system, unit=root_unit(), changes=changes, now=timezone.now())
    return Member.objects.get(name="Mei")


def test_the_cap_on_a_members_page(owner: Client, admin: Client, mei: Member) -> None:
    page = reverse("console:member_care", args=[mei.public_id])
    assert page in read(owner.get(reverse("console:member", args=[mei.public_id])))
    assert "现在可以联系" in read(owner.get(page, HTTP_HX_REQUEST="true"))
    reach = {"do": "reach", "channel": "direct", "summary": "最近好吗"}
    assert "须有 1 至" in read(owner.post(page, {**reach, "summary": ""}))
    assert "没有在等回复" in read(owner.post(page, {**reach, "answering": "yes"}))
    for _ in range(2):
        assert owner.post(page, reach).status_code == 302
    refused = owner.post(page, {**reach, "summary": "还要说一句"})
    assert refused.status_code == 400
    assert "7 天内已联系 2 次，上限 2 次" in read(refused)
    assert "还要说一句" in read(refused)
    assert 'name="passing"' not in read(admin.get(page))
    assert admin.post(page, {**reach, "passing": "急"}).status_code == 403
    assert owner.post(page, {**reach, "passing": "快递丢了"}).status_code == 302
    assert list(Contact.objects.order_by("pk").values_list("standing", flat=True)) == ["planned", "planned", "passed"]
    assert "破例联系" in read(owner.get(reverse("console:member", args=[mei.public_id]), {"source": "contacts"}))
    quiet = {"do": "quiet", "reason": "asked", "until": "2020-01-01", "note": "周末不要"}
    answer = owner.post(page, quiet)
    assert "日期须在今天之后" in read(answer)
    assert "周末不要" in read(answer)
    assert owner.post(page, {**quiet, "until": ""}).status_code == 302
    assert "请勿联系：对方要求不要联系" in read(owner.get(page))
    assert owner.post(page, {"do": "end_quiet"}).status_code == 302
    assert Quiet.objects.get().ended_at is not None


def test_the_caps_form(boss: Client, owner: Client, unit: Unit) -> None:
    page = reverse("console:contact_caps")
    assert "现在生效 2" in read(boss.get(page))
    answer = boss.post(page, {"unit": root_unit().public_id, "contact.most": "3", "contact.selling_most": "5"})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["contact.selling_most"]
    assert boss.post(page, {"unit": root_unit().public_id, "contact.most": "3"}).status_code == 302
    assert "contact.days" not in read(owner.get(page))
    assert "不能更松" in read(owner.post(page, {"unit": unit.public_id, "contact.most": "4"}))
    assert owner.post(page, {"unit": unit.public_id, "contact.most": "1"}).status_code == 302
    assert dict(UnitSetting.objects.values_list("unit", "value")) == {root_unit().pk: 3, unit.pk: 1}


def test_which_occasions_a_unit_looks_for(boss: Client, owner: Client, admin: Client, unit: Unit) -> None:
    page, calendar = reverse("console:care_settings"), reverse("console:calendar")
    assert page in read(owner.get(calendar))
    assert page not in read(admin.get(calendar))
    assert "已 30 天没有动静" in read(boss.get(page))
    wrong = owner.post(page, {"unit": unit.public_id, "care.silent.days": "3", "care.settled.days": "x"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (400, ["care.settled.days"])
    wrong = owner.post(page, {"unit": unit.public_id, "care.silent.days": "3"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (400, ["care.silent.days"])
    shown = read(wrong)
    assert "“多少天没有动静”须为 7 至 365 的整数" in shown
    assert 'value="3"' in shown
    told = {"unit": unit.public_id, "care.silent.days": "45", "care.birthday.on": "0"}
    assert "正在重新查找日子" in read(owner.post(page, told, follow=True))
    assert "没有改动" in read(owner.post(page, told, follow=True))
    shown = read(owner.get(page))
    assert "已 45 天没有动静" in shown
    assert "现在不查找" in shown
    assert dict(UnitSetting.objects.values_list("key", "value")) == {"care.silent.days": 45, "care.birthday.on": 0}
    assert "已 30 天没有动静" in read(boss.get(page))


def test_the_calendar(
    boss: Client, owner: Client, mei: Member, system: Scope, django_assert_max_num_queries: Any
) -> None:
    page, today = reverse("console:calendar"), timezone.localdate()
    assert "没有值得问候的日子" in read(boss.get(page))
    field = next(each for each in BASIC if each.key == "birthday")
    lin = Member.objects.get(name="Lin")
    write(by=system, values=[(each.pk, field, f"1992-{today:%m-%d}") for each in (mei, lin)], now=timezone.now())
    find_occasions(now=timezone.now())
    with django_assert_max_num_queries(60):
        shown = read(owner.get(page))
    assert "Mei，生日快乐" in shown
    assert "现在可以联系" in shown
    assert "生日" in read(owner.get(reverse("console:member_care", args=[mei.public_id])))
    assert "Nothing" not in read(owner.get(page, {"q": "Mei", "kind": "birthday", "day": str(today), "own": ""}))
    row, other = (Occasion.objects.get(member=each) for each in (mei, lin))
    assert "请先勾选" in read(owner.post(page, {"do": "done"}))
    told = {"do": "done", "occasion": row.public_id, "channel": "direct"}
    refused = owner.post(page, {**told, "summary": ""})
    assert refused.status_code == 400
    assert "须有 1 至" in read(refused)
    assert owner.post(page, {**told, "summary": "生日快乐呀", "selling": "yes"}).status_code == 302
    assert "生日快乐呀" in read(owner.get(page, {"state": "done"}))
    # What is refused is said at its field, and nothing that was typed is lost.
    late = owner.post(page, {"occasion": [other.public_id], "do": "later", "until": "", "reason": "在外地"})
    assert list(late.context["form"].errors) == ["until"]
    shown = read(late)
    assert 'id="error-until"' in shown
    assert 'value="在外地"' in shown
    assert f'value="{other.public_id}" form="several" checked' in shown
    assert "一次最多处理 100 个" in read(owner.post(page, {"occasion": [str(n) for n in range(101)], "do": "undo"}))
    for month in ("9999-12", "0001-01"):
        assert owner.get(page, {"month": month}).status_code == 200
    several = {"occasion": [row.public_id, other.public_id], "do": "later", "until": str(today + timedelta(days=3))}
    assert "1 个没有处理" in read(owner.post(page, several, follow=True))
    other.refresh_from_db()
    assert other.due == today + timedelta(days=3)
    file = owner.get(page, {"export": "csv", "span": "all"})
    assert "Lin" in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    assert "推销占 100%" in read(owner.get(page))


def test_the_words_and_the_results(boss: Client, owner: Client, mei: Member, system: Scope) -> None:
    page, today, lin = reverse("console:calendar"), timezone.localdate(), Member.objects.get(name="Lin")
    told = {"kind": "birthday", "day": today, "due": today, "seen_at": timezone.now()}
    row, _ = (Occasion.objects.create(member=each, **told) for each in (mei, lin))
    owner.post(page, {"do": "done", "occasion": row.public_id, "channel": "direct", "summary": "生日快乐"})
    words = reverse("console:openings")
    assert (
        boss.post(
            words, {"unit": root_unit().public_id, "kind": "birthday", "channel": "direct", "text": "亲爱的{name}"}
        ).status_code
        == 302
    )
    assert "亲爱的{name}" in read(boss.get(words))
    assert "亲爱的Lin" in read(owner.get(page, {"span": "all"}))
    results = reverse("console:care_results")
    assert "还没有可说的" in read(owner.get(results, {"first": "2026-01-01", "last": "2026-01-02"}))
    assert "未满七天" in read(owner.get(results))
    file = owner.get(results, {"export": "csv"})
    assert "生日,私聊,1,1,0,0,0,0" in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    assert "首日须在末日之前" in read(
        owner.get(reverse("console:care_results"), {"first": "2026-02-02", "last": "2026-01-01"})
    )


def test_a_recommendation_from_the_ask_to_the_thanks(owner: Client, admin: Client, mei: Member) -> None:
    listed, form = reverse("console:favours"), reverse("console:favour_new", args=[mei.public_id])
    assert "还没有请谁帮过忙" in read(owner.get(listed))
    wish = {"kind": "recommendation", "channel": "direct", "what": "有朋友也爱茶吗"}
    assert "须有 1 至 200 个字" in read(owner.post(form, {**wish, "what": ""}))
    assert owner.post(form, wish).status_code == 302
    again = owner.post(form, {**wish, "what": "还有吗"})
    assert "60 天内已请过对方：有朋友也爱茶吗" in read(again)
    assert "还有吗" in read(again)
    page = reverse("console:favour", args=[FavourAsk.objects.get().public_id])
    assert owner.post(page, {"do": "result", "outcome": "did", "note": "带来一位", "thanks": "word"}).status_code == 302
    assert "按姓名找到 0 人" in read(owner.post(page, {"do": "brought", "name": "Nobody"}))
    assert owner.post(page, {"do": "brought", "name": "Lin"}).status_code == 302
    assert "还没有下单" in read(owner.get(page))
    assert "还没有下单" not in read(admin.get(page))
    assert "有朋友也爱茶吗" in read(owner.get(listed, {"outcome": "did", "q": "mei"}))
    file = owner.get(listed, {"export": "csv"})
    assert "道谢" in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    assert "请推荐朋友" in read(owner.get(reverse("console:member_care", args=[mei.public_id])))
    assert (
        owner.post(page, {"do": "brought_away", "member": Member.objects.get(name="Lin").public_id}).status_code == 302
    )
    assert "Lin" not in read(owner.get(page))
