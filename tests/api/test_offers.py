"""Offers by the API."""

from __future__ import annotations

from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.members.models import Contact, Member
from qunyu.offers.against import left_out_words
from qunyu.offers.matching import NOT_BOUGHT
from qunyu.offers.models import Giving
from qunyu.people.models import Unit
from qunyu.segments.actions import add_segment
from qunyu.segments.conditions import Speaker
from tests.api.calling import Caller
from tests.deployment_fixtures import NOW


def test_an_offer_from_making_to_giving(api: Caller, system: Scope, unit: Unit, tea: Community) -> None:
    wanted = {"unit": unit.public_id, "name": "礼盒", "kind": "gift", "price": 9900}
    bad = api.ask("post", "/offers", {**wanted, "percent": 100})
    assert (bad.status, bad.body["errors"][0]["field"]) == (422, "percent")
    made = api.ask("post", "/offers", wanted)
    place = f"/offers/{made.body['id']}"
    assert (made.status, api.get("/offers").body["items"]) == (201, [made.body])
    assert api.ask("put", place, {"name": "礼盒", "kind": "service"}).body["kind"] == "service"
    condition = Speaker(system).from_text("in a community")
    segment = add_segment(by=system, unit=unit, name="在群", condition=condition, now=NOW)
    plan = {"segment": segment.public_id, "channel": "direct", "holdout": 40}
    assert api.ask("post", f"{place}/draw", plan).body == {
        "given": 2,
        "held": 1,
        "left_out": dict.fromkeys(left_out_words().keys() - {"once"}, 0),
    }
    assert not Giving.objects.exists()
    first = api.ask("post", f"{place}/givings", plan, Idempotency_Key="one")
    again = api.ask("post", f"{place}/givings", plan, Idempotency_Key="one")
    assert (first.status, again.body, Giving.objects.count()) == (201, first.body, 1)
    told = api.get(f"{place}/givings").body[0]
    assert (told["by_lot"], told["over"], told["difference"], told["given"]["people"]) == (True, False, None, 2)
    everybody = api.all_of(f"{place}/givings/{told['id']}?limit=2")
    assert sorted(each["member"]["name"] for each in everybody) == ["Lin", "Mei", "小茶"]
    held = api.get(f"{place}/givings/{told['id']}?held=true").body["items"]
    assert [each["held"] for each in held] == [True]
    assert api.get(f"{place}/givings/{told['id']}?q={held[0]['member']['name']}").body["items"] == held
    assert api.get(f"{place}/givings/none").status == 404
    taken_back(api, f"{place}/givings/{told['id']}")
    found = api.get(f"/preferences/{unit.public_id}?segment={segment.public_id}").body
    assert (found["known"], found["preferences"], [each["offer"]["name"] for each in found["matches"]]) == (
        False,
        [],
        ["礼盒"],
    )
    mei = Member.objects.get(name="Mei")
    assert api.get(f"/preferences/{unit.public_id}/members/{mei.public_id}").status == 204
    assert api.ask("post", f"{place}/archive").body["archived"] is True
    assert api.ask("post", f"{place}/givings", plan).status == 409
    assert api.get("/offers/nothing").status == 404


def taken_back(api: Caller, giving: str) -> None:
    assert [api.ask("delete", giving).status for _ in range(2)] == [204, 404]
    assert (Giving.objects.count(), Contact.objects.count()) == (0, 0)


def test_products_are_named_and_told_of(api: Caller, unit: Unit, tea: Community) -> None:
    wanted = {"unit": unit.public_id, "name": "礼盒", "kind": "gift", "products": ["礼盒  甲", "礼盒 甲", ""]}
    assert api.ask("post", "/offers", wanted).body["products"] == ["礼盒 甲"]
    bad = api.ask("post", "/offers", {**wanted, "name": "多", "products": [str(each) for each in range(21)]})
    assert (bad.status, bad.body["errors"][0]["field"]) == (422, "products")
    found = api.get(f"/preferences/{unit.public_id}?type=loyal").body
    told = [found[name] for name in ("orders", "tellers", "known_products", "unlisted")]
    assert (told, found["matches"][0]["reasons"][2]) == ([0, 0, False, 0], NOT_BOUGHT.en)
