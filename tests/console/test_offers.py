"""The pages of offers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qunyu.communities.models import Community
from qunyu.kernel.platform_ids import keyed_id
from qunyu.kernel.scope import Scope
from qunyu.members.models import Contact, Member
from qunyu.offers.actions import Terms, save_offer
from qunyu.offers.models import Given, Giving, Offer
from qunyu.people.actions import grant
from qunyu.people.models import Staff, Unit
from qunyu.segments.actions import add_segment
from qunyu.segments.conditions import Speaker
from tests.console.conftest import read
from tests.deployment_fixtures import NOW, AddStaff, ImportFile


def test_an_offer_is_made_given_looked_at_and_put_away(boss: Client, system: Scope, unit: Unit, tea: Community) -> None:
    assert "还没有方案" in read(boss.get(reverse("console:offers")))
    given = {
        "unit": unit.public_id,
        "name": "试饮装",
        "kind": "gift",
        "price": "9.9",
        "currency": "CNY",
        "percent": "x",
    }
    refused = boss.post(reverse("console:offer_new"), given)
    assert refused.status_code == 400
    assert "请填写整数" in read(refused) and "试饮装" in read(refused)
    made = boss.post(reverse("console:offer_new"), {**given, "percent": "", "user_types": ["loyal", "demand"]})
    offer = Offer.objects.get()
    page = reverse("console:offer", args=[offer.public_id])
    assert (made["Location"], offer.price, offer.user_types) == (page, 990, ["loyal", "demand"])
    assert "9.90" in read(boss.get(reverse("console:offer_edit", args=[offer.public_id])))
    assert "还没有给过谁" in read(boss.get(page))
    segment = add_segment(
        by=system, unit=unit, name="在群", condition=Speaker(system).from_text("in a community"), now=NOW
    )
    give = reverse("console:offer_give", args=[offer.public_id])
    plan = {"segment": segment.public_id, "channel": "direct", "days": "7", "holdout": "40"}
    assert "请选择人群" in read(boss.post(give, {**plan, "segment": ""}))
    looked = read(boss.post(give, {**plan, "do": "look"}))
    assert "将给 <strong>2</strong>" in looked and "登记为已给出" in looked
    assert not Giving.objects.exists()
    kept = {boss.post(give, {**plan, "do": "give", "key": "one"})["Location"] for _ in range(2)}.pop()
    assert Giving.objects.count() == 1
    who_got_it_is_told(boss, offer, kept)
    assert "还太早：要等 7 天" in read(boss.get(page))
    assert "偏好未知" in read(
        boss.get(reverse("console:preferences"), {"segment": segment.public_id, "unit": unit.public_id})
    )
    file = boss.get(reverse("console:offers"), {"export": "csv"})
    assert "试饮装" in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    assert boss.post(page, {"did": "archive"}).status_code == 302
    assert "试饮装" not in read(boss.get(reverse("console:offers")))
    assert "试饮装" in read(boss.get(reverse("console:offers"), {"state": "archived"}))


def test_an_offer_names_its_products_a_line_each(boss: Client, unit: Unit) -> None:
    given = {"unit": unit.public_id, "name": "茶", "kind": "gift", "products": "白茶, 饼\r\n\r\n红茶"}
    boss.post(reverse("console:offer_new"), given)
    offer = Offer.objects.get()
    assert offer.products == ["白茶, 饼", "红茶"]
    assert "红茶" in read(boss.get(reverse("console:offer", args=[offer.public_id])))
    edit = reverse("console:offer_edit", args=[offer.public_id])
    assert "白茶, 饼\n红茶</textarea>" in read(boss.get(edit))
    assert "商品最多 20 种" in read(boss.post(edit, {**given, "products": "x" * 201}))


def test_a_form_opens_with_the_currency_the_offer_has(boss: Client, system: Scope, unit: Unit) -> None:
    terms = Terms("韩", "gift", currency="KRW", price=50000)
    offer = save_offer(by=system, unit=unit, offer=None, terms=terms, now=NOW)
    shown = read(boss.get(reverse("console:offer_edit", args=[offer.public_id])))
    assert '<option value="KRW" selected>' in shown


def test_a_giving_is_taken_back_within_the_hour(boss: Client, system: Scope, unit: Unit, tea: Community) -> None:
    offer = save_offer(by=system, unit=unit, offer=None, terms=Terms("礼盒", "gift"), now=NOW)
    condition = Speaker(system).from_text("in a community")
    segment = add_segment(by=system, unit=unit, name="在群", condition=condition, now=NOW)
    plan = {"segment": segment.public_id, "channel": "direct", "days": "7", "holdout": "40", "do": "give"}
    place = boss.post(reverse("console:offer_give", args=[offer.public_id]), plan)["Location"]
    back = f"{place}/take-back"
    assert back in read(boss.get(place))
    giving = Giving.objects.get()
    Giving.objects.update(at=giving.at - timedelta(hours=2))
    assert back not in read(boss.get(place))
    assert "btn-danger" not in read(boss.get(back))
    late = boss.post(back)
    assert (late.status_code, Giving.objects.count()) == (409, 1)
    assert "给出一小时后不能再撤回" in read(late)
    Giving.objects.update(at=giving.at, channel="moments")
    assert "联系名额" not in read(boss.get(back))
    Giving.objects.update(channel="direct")
    assert "联系名额" in read(boss.get(back)) and "抽签留出" in read(boss.get(back))
    assert "已撤回：2 人的登记已删除" in read(boss.post(back, follow=True))
    assert not (Giving.objects.exists() or Contact.objects.exists())
    assert boss.post(back).status_code == 404


def who_got_it_is_told(boss: Client, offer: Offer, place: str) -> None:
    assert place == reverse("console:giving", args=[offer.public_id, Giving.objects.get().public_id])
    assert place in read(boss.get(reverse("console:offer", args=[offer.public_id])))
    rows = {row.member.name: row for row in Given.objects.select_related("member")}
    (left,) = (name for name, row in rows.items() if row.held)
    (*got,) = (name for name, row in rows.items() if not row.held)
    whole, side = read(boss.get(place)), read(boss.get(place, {"side": "held"}))
    assert all(name in whole for name in rows) and left in side and not any(name in side for name in got)
    assert got[0] in read(boss.get(place, {"q": got[0]})) and left not in read(boss.get(place, {"q": got[0]}))
    file = b"".join(boss.get(place, {"export": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert all(name in file for name in rows)
    for name, told in ((left, "抽签留出，不给方案"), (got[0], "给了优惠方案")):
        page = reverse("console:member", args=[rows[name].member.public_id])
        assert told in read(boss.get(page, {"source": "offers"}))


def test_who_sees_people_here_and_orders_there_sees_no_preferences(
    system: Scope, unit: Unit, other_unit: Unit, staff: AddStaff, signed_in: Callable[[Staff], Client]
) -> None:
    who = staff("mix", "admin", unit)
    grant(by=system, staff=who, role="analyst", unit=other_unit, now=NOW)
    assert signed_in(who).get(reverse("console:preferences")).status_code == 404


def test_preferences_tell_products_as_orders_call_them(
    boss: Client, system: Scope, unit: Unit, import_file: ImportFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("insights.tastes", "console.pages.preferences"):
        monkeypatch.setattr(f"qunyu.{place}.LEAST_BUYERS", 1)
    rare = [f"c5,稀有{number}" for number in range(10, 29)]
    rows = ("c1,白茶 <饼>", "c2,白茶 <饼>", "c2,红茶", "c3,红茶", "c4,", *rare)
    table = "customer,ordered_at,amount,product\n" + "".join(
        f"{each.replace(',', f',2026-02-0{number % 9 + 1} {number:02}:00,9,')}\n" for number, each in enumerate(rows)
    )
    import_file("orders.csv", table, unit, "orders")
    who = [Member.objects.get(identities__key=keyed_id(each)).pk for each in ("c1", "c2")]
    monkeypatch.setattr("qunyu.offers.preferences.members_in", lambda *_: np.array(sorted(who)))
    segment = add_segment(by=system, unit=unit, name="他们", condition=Speaker(system).from_text("ordered"), now=NOW)
    save_offer(by=system, unit=unit, offer=None, terms=Terms("茶", "reminder", ["红茶"]), now=NOW)
    shown = read(boss.get(reverse("console:preferences"), {"segment": segment.public_id, "unit": unit.public_id}))
    assert "白茶 &lt;饼&gt;" in shown and "红茶" in shown and "稀有27" in shown and "稀有28" not in shown
    assert "2 位买家的订单写明商品" in shown and "另有 1 种没有列出" in shown
    assert "33% 的订单里有它的商品，全体是 9%（3 单有商品名）" in shown
    monkeypatch.setattr("qunyu.insights.tastes.LEAST_BUYERS", 3)
    again = read(boss.get(reverse("console:preferences"), {"segment": segment.public_id, "unit": unit.public_id}))
    assert "白茶" not in again and "商品未知：只有 2 位买家的订单写明商品" in again


def test_a_table_of_offers_is_taken_over_or_told_line_by_line(boss: Client, unit: Unit) -> None:
    def given(text: str) -> object:
        table = SimpleUploadedFile("offers.csv", text.encode(), "text/csv")
        return boss.post(reverse("console:offers_import"), {"file": table})

    wrong = read(
        given(
            "方案,种类,组织单位,价格,面向\n甲,组合优惠,华东店,9.90,羊毛型\n乙,打折,华东店,,\n丙,赠礼,华东店,abc,\n丁,赠礼,哪里,,\n"
        )
    )
    assert "第 3 行" in wrong and "种类“打折”不认识" in wrong
    assert "第 4 行" in wrong and "价格" in wrong
    assert "没有您可以设置的组织单位“哪里”" in wrong
    assert not Offer.objects.exists()
    right = "方案,种类,组织单位,价格,面向,到,商品\n甲,组合优惠,华东店,9.90,羊毛型,2030-01-01,白茶、饼；红茶\n"
    given(right)
    offer = Offer.objects.get()
    assert (offer.kind, offer.price, offer.user_types, offer.unit) == ("bundle", 990, ["bargain"], unit)
    exported = b"".join(boss.get(reverse("console:offers"), {"export": "csv"}).streaming_content)  # type: ignore[attr-defined]
    given(exported.decode("utf-8-sig"))
    assert Offer.objects.count() == 1
    Offer.objects.all().delete()
    given(exported.decode("utf-8-sig"))
    again = Offer.objects.get()
    assert offer.products == again.products == ["白茶、饼", "红茶"]
    assert (again.name, again.kind, again.price, again.user_types, again.valid_to) == (
        "甲",
        "bundle",
        990,
        ["bargain"],
        offer.valid_to,
    )
