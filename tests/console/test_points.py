"""Points, levels, benefits, rewards and VIP communities in the console."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from qunyu.communities.models import Community
from qunyu.kernel.platform_ids import keyed_id, sealed_id
from qunyu.loyalty.ledger import check
from qunyu.loyalty.models import Level, Lot, Movement, Programme, Redemption, Reward, Standing, VipCommunity, VipFee
from qunyu.members.models import Identity, Member, Membership
from qunyu.people.models import Unit
from tests.console.conftest import read
from tests.deployment_fixtures import NOW, AddStaff, SignedIn

POINTS = "/members/points"


@pytest.fixture
def mei(tea: Community) -> Member:
    return Member.objects.get(name="Mei")


@pytest.fixture
def programme(boss: Client) -> Programme:
    """Made in the form, from the page that says there is none."""
    assert "还没有积分方案" in read(boss.get(POINTS))
    unit = Unit.objects.get(parent=None).public_id
    told = {"unit": unit, "name": "茶友会", "currency": "茶豆", "starts_on": "2026-01-01", "expiry": "months"}
    more = {"expiry_months": "12", "notice_days": "30", "value": "1.00", "value_currency": "cny"}
    wrong = boss.post(f"{POINTS}/programme", {**told, **more, "value": "dear", "name": ""})
    assert wrong.status_code == 400
    assert 'id="error-value"' in read(wrong)
    assert boss.post(f"{POINTS}/programme", {**told, **more}).status_code == 302
    return Programme.objects.get()


def act(client: Client, member: Member, programme: Programme, **told: str) -> Any:
    return client.post(f"/members/{member.public_id}/points", {"programme": programme.public_id, **told})


def test_rules_are_switched_on_with_their_figures(programme: Programme, boss: Client) -> None:
    assert (programme.value_minor, programme.value_currency) == (100, "CNY")
    shown = read(boss.get(f"{POINTS}/programme"))
    assert all(title in shown for title in ("消费金额", "首单", "入群", "发言天数", "推荐"))
    boss.post(f"{POINTS}/rules/join", {"join.points": "7", "on": "yes", "since": "2026-02-01"})
    programme.refresh_from_db()
    assert programme.rules == {"join": {"on": True, "since": "2026-02-01", "figures": {"points": 7}}}
    boss.post(f"{POINTS}/rules/join", {"join.points": "0", "on": "yes"})
    programme.refresh_from_db()
    assert programme.rules["join"]["figures"] == {"points": 7}


def test_points_are_given_taken_and_reversed_on_the_persons_page(
    programme: Programme, mei: Member, boss: Client
) -> None:
    told = {"do": "give", "points": "120", "reason": "生日", "key": "once"}
    for _ in range(2):
        assert act(boss, mei, programme, **told).status_code == 302
    refused = act(boss, mei, programme, do="take", points="121", reason="换货")
    assert refused.status_code == 400
    assert "积分不足：需要 121，可用 120" in read(refused)
    part = read(boss.get(f"/members/{mei.public_id}/points", headers={"HX-Request": "true"}))
    assert "<dt>茶豆</dt><dd>120" in part
    assert "<h1" not in part
    given = Movement.objects.get(kind="give")
    act(boss, mei, programme, do="reverse", movement=given.public_id, reason="给错人")
    assert "<dt>茶豆</dt><dd>0" in read(boss.get(f"/members/{mei.public_id}/points"))
    timeline = read(boss.get(f"/members/{mei.public_id}?source=points"))
    assert all(text in timeline for text in ("+120 茶豆 · 生日", "-120 茶豆 · 给错人"))
    exported = b"".join(boss.get(f"{POINTS}/ledger?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert exported.count("Mei") == 2
    assert "-120" in exported
    assert check() == []


def test_a_table_is_checked_given_once_and_undone(programme: Programme, mei: Member, boss: Client) -> None:
    tom = Member.objects.get(name="Tom")
    table = f"member_id,points,reason\n{mei.public_id},30,签到\n{tom.public_id},20,签到\n"

    def upload(text: str) -> str:
        file = SimpleUploadedFile("points.csv", text.encode())
        return str(boss.post(f"{POINTS}/give", {"files": file})["Location"])

    wrong = upload(f"{table}nobody,5,签到\n{mei.public_id},x,签到\n")
    assert all(text in read(boss.get(wrong)) for text in ("没有找到这个人", "积分须是不为 0 的整数"))
    assert boss.post(wrong, {"do": "start"}).status_code == 400
    assert not Movement.objects.exists()
    assert boss.post(wrong, {"do": "drop"}).status_code == 302
    good = upload(table)
    assert boss.post(good, {"do": "start"}).status_code == 302
    assert Movement.objects.filter(kind="give").count() == 2
    overview = read(boss.get(POINTS))
    assert all(text in overview for text in ("50", "¥ 0.50", "用表格批量发放"))
    lot = Movement.objects.first()
    assert lot is not None
    boss.post(f"{POINTS}/acts/{lot.act}/undo")
    boss.post(f"{POINTS}/acts/{lot.act}/undo")
    assert Movement.objects.filter(kind="reverse").count() == 2
    assert check() == []


def test_a_ladder_with_a_preview_a_benefit_and_a_reward(programme: Programme, mei: Member, boss: Client) -> None:
    boss.post(f"{POINTS}/levels/new", {"name": "普通", "months": "0", "do": "save"})
    told = {"name": "银", "months": "12", "bars.months": "0", "bars.currency": "CNY", "keep.currency": "CNY"}
    seen = read(boss.post(f"{POINTS}/levels/new", {**told, "do": "preview"}))
    assert "– → 银: 4" in seen
    assert Level.objects.count() == 1
    boss.post(f"{POINTS}/levels/new", {**told, "bars.months": "", "bars.spent_year": "100.00", "do": "save"})
    silver = Level.objects.get(name="银")
    assert silver.bars == [{"kind": "spent_year", "least": 10_000, "currency": "CNY"}]
    assert "近 12 个月实付 ≥ 100.00 CNY" in read(boss.get(f"{POINTS}/levels"))
    act(boss, mei, programme, do="level", level=silver.public_id, reason="老客户", until="2099-01-01")
    assert Standing.objects.get().level == silver
    offer = {"name": "品茶会", "kind": "gift", "quota": "1", "period": "ever", "levels": silver.public_id}
    boss.post(f"{POINTS}/benefits/new", offer)
    assert "品茶会" in read(boss.get(f"{POINTS}/benefits"))
    benefit = programme.benefits.get().public_id
    answers = [act(boss, mei, programme, do="use", benefit=benefit).status_code for _ in range(2)]
    assert answers == [302, 400]
    boss.post(f"{POINTS}/rewards/new", {"name": "茶杯", "price": "40", "stock": "1", "level": silver.public_id})
    act(boss, mei, programme, do="give", points="100", reason="生日")
    reward = Reward.objects.get()
    assert "100 → 60" in read(boss.get(f"/members/{mei.public_id}/points"))
    assert act(boss, mei, programme, do="redeem", reward=reward.public_id).status_code == 302
    assert act(boss, mei, programme, do="redeem", reward=reward.public_id).status_code == 400
    redemption = Redemption.objects.get()
    assert "待领取" in read(boss.get(f"{POINTS}/redemptions?state=requested&q=Mei"))
    boss.post(f"{POINTS}/redemptions/{redemption.public_id}", {"do": "cancel", "reason": "不要了"})
    assert boss.post(f"{POINTS}/redemptions/{redemption.public_id}", {"do": "hand"}).status_code == 400
    reward.refresh_from_db()
    assert reward.stock == 1


def test_a_vip_community_with_a_fee(programme: Programme, tea: Community, mei: Member, boss: Client) -> None:
    refused = boss.post(f"{POINTS}/vip/mark", {"community": tea.public_id, "level": "", "fee": "", "currency": "CNY"})
    assert refused.status_code == 400
    boss.post(f"{POINTS}/vip/mark", {"community": tea.public_id, "fee": "199", "currency": "CNY"})
    assert VipCommunity.objects.get().fee == 19_900
    act(boss, mei, programme, do="fee", community=tea.public_id, on="2026-03-01")
    door = read(boss.get(f"{POINTS}/vip/{tea.public_id}"))
    assert "在群但不符合条件" in door
    fee = VipFee.objects.get()
    assert boss.post(f"{POINTS}/vip/{tea.public_id}").status_code == 400
    act(boss, mei, programme, do="fee_back", fee=fee.public_id)
    fee.refresh_from_db()
    assert fee.withdrawn_at is not None


def test_levels_change_places_and_lists_are_searched_and_exported(
    programme: Programme, tea: Community, mei: Member, boss: Client
) -> None:
    for name in ("普通", "银"):
        boss.post(f"{POINTS}/levels/new", {"name": name, "months": "0", "bars.orders": "9", "do": "save"})
    silver = Level.objects.get(name="银")
    assert boss.post(f"{POINTS}/levels/{silver.public_id}/move", {"way": "down"}).status_code == 302
    assert list(Level.objects.order_by("position").values_list("name", flat=True)) == ["银", "普通"]
    act(boss, mei, programme, do="level", level=silver.public_id, reason="老客户", until="2099-01-01")
    shown = read(boss.get(f"{POINTS}/levels/people?q=mei&level={silver.public_id}"))
    assert all(text in shown for text in ("Mei", "手工授予"))
    boss.post(
        f"{POINTS}/benefits/new", {"name": "品茶会", "kind": "gift", "period": "ever", "levels": silver.public_id}
    )
    act(boss, mei, programme, do="use", benefit=programme.benefits.get().public_id, note="五月")
    assert "五月" in read(boss.get(f"{POINTS}/benefits/uses?q=mei"))
    act(boss, mei, programme, do="give", points="7", reason="生日")
    Lot.objects.update(expires_on=timezone.localdate() + timedelta(days=3))
    assert "Mei" in read(boss.get(f"{POINTS}/expiring?sort=-lost"))
    assert "还没有使用记录" not in read(boss.get(f"{POINTS}/benefits/uses"))
    boss.post(f"{POINTS}/vip/mark", {"community": tea.public_id, "bars.orders": "1", "bars.currency": "CNY"})
    door = f"{POINTS}/vip/{tea.public_id}"
    assert "已付款订单数 ≥ 1" in read(boss.get(door))
    for address in (f"{POINTS}/levels/people", f"{POINTS}/benefits/uses", f"{POINTS}/expiring", f"{door}?list=unmet"):
        sign = "&" if "?" in address else "?"
        lines = b"".join(boss.get(f"{address}{sign}export=csv").streaming_content).decode()  # type: ignore[attr-defined]
        assert "Mei" in lines, address
    edited = read(boss.get(f"{POINTS}/vip/mark?community={tea.public_id}"))
    assert 'name="bars.orders" type="text" maxlength="15" autocomplete="off" value="1"' in edited


@pytest.mark.parametrize("way", ["level", "-level"])
def test_people_by_level_stand_in_their_order_on_every_page(
    programme: Programme, tea: Community, boss: Client, way: str
) -> None:
    steps = [Level.objects.create(programme=programme, name=f"级{place}", position=place) for place in range(3)]
    for number in range(60):
        name = f"M{number:02}"
        made = Member.objects.create(name=name)
        told = {"key": keyed_id(name), "sealed": sealed_id(name), "name": name}
        identity = Identity.objects.create(member=made, own_member=made, platform="wechat", **told)
        Membership.objects.create(identity=identity, community=tea, first_at=NOW, last_at=NOW, joined_at=NOW)
        step = steps[number % 3]
        Standing.objects.create(programme=programme, member=made, level=step, since=NOW.date(), why="bar")
    rows = Standing.objects.order_by("level__position", "member").values_list("member__name", flat=True)
    names = list(rows) if way == "level" else list(rows)[::-1]
    page = f"{POINTS}/levels/people?sort={way}"
    for number in range(3):
        shown = re.findall(r"M\d\d", read(boss.get(f"{page}&page={number + 1}")))
        assert list(dict.fromkeys(shown)) == names[25 * number : 25 * number + 25]
    one = re.findall(r"M\d\d", read(boss.get(f"{page}&level={steps[1].public_id}")))
    assert list(dict.fromkeys(one)) == [each for each in names if int(each[1:]) % 3 == 1]


def test_the_ledger_goes_on_behind_its_first_page(programme: Programme, mei: Member, boss: Client) -> None:
    for number in range(30):
        act(boss, mei, programme, do="give", points="5", reason=f"第{number:02}次")
    pages = [re.findall(r"第\d\d次", read(boss.get(f"{POINTS}/ledger?page={page}"))) for page in (1, 2)]
    found = [list(dict.fromkeys(each)) for each in pages]
    assert found == [[f"第{number:02}次" for number in span] for span in (range(29, 4, -1), range(4, -1, -1))]


def test_who_may_only_look_finds_no_forms_and_changes_nothing(
    programme: Programme, mei: Member, boss: Client, staff: AddStaff, signed_in: SignedIn, unit: Unit
) -> None:
    admin = signed_in(staff("admin", "admin", unit))
    shown = read(admin.get(f"/members/{mei.public_id}/points"))
    assert "发放与扣减" not in shown
    assert act(admin, mei, programme, do="give", points="5", reason="生日").status_code == 403
    assert admin.get(f"{POINTS}/programme").status_code == 403
    assert admin.get(f"{POINTS}/levels/new").status_code == 403
    assert not Movement.objects.exists()


def test_queries_do_not_grow(
    programme: Programme, tea: Community, mei: Member, boss: Client, django_assert_max_num_queries: Any
) -> None:
    boss.post(f"{POINTS}/vip/mark", {"community": tea.public_id, "bars.months": "0", "bars.currency": "CNY"})
    for number in range(12):
        act(boss, mei, programme, do="give", points="5", reason=f"第 {number} 次")
    lists = ("levels/people", "benefits/uses", "expiring")
    pages = [(POINTS, 34), (f"{POINTS}/ledger", 30), *((f"{POINTS}/{each}", 18) for each in lists)]
    pages += [(f"{POINTS}/vip", 30), (f"{POINTS}/vip/{tea.public_id}", 36), (f"/members/{mei.public_id}/points", 60)]
    for address, most in pages:
        boss.get(address)
        with django_assert_max_num_queries(most):
            boss.get(address)


def test_a_stock_that_moved_is_shown_again(programme: Programme, boss: Client) -> None:
    boss.post(f"{POINTS}/rewards/new", {"name": "茶杯", "price": "40", "stock": "3"})
    reward = Reward.objects.get()
    page = f"{POINTS}/rewards/{reward.public_id}"
    assert 'name="stock_seen" value="3"' in read(boss.get(page))
    Reward.objects.update(stock=2)
    told = {"name": "茶杯", "price": "40", "stock": "9", "stock_seen": "3"}
    refused = boss.post(page, told)
    assert refused.status_code == 400
    assert 'name="stock_seen" value="2"' in read(refused)
    assert boss.post(page, {**told, "stock_seen": "2"}).status_code == 302
    assert Reward.objects.get().stock == 9
