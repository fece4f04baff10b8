"""Points through the API: what the pages do, with the same refusals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from qunyu.communities.models import Community
from qunyu.loyalty.models import Lot, Movement
from qunyu.members.models import Member
from qunyu.people.models import Unit
from tests.api.calling import As, Caller


@pytest.fixture
def programme(api: Caller, tea: Community) -> str:
    root = Unit.objects.get(parent=None).public_id
    made = api.ask("put", f"/units/{root}/points-programme", {"name": "Club", "currency": "beans"})
    assert made.status == 200
    return str(made.body["id"])


def test_points_levels_and_rewards(api: Caller, programme: str, caller: As, unit: Unit) -> None:
    mei, base = Member.objects.get(name="Mei").public_id, f"/points/programmes/{programme}"
    on = api.ask("put", f"{base}/rules/join", {"on": True, "figures": {"points": 3}})
    assert on.body["rules"]["join"]["figures"] == {"points": 3}
    assert api.ask("put", f"{base}/rules/nothing", {"on": True}).status == 404
    gift = {"programme": programme, "points": 100, "reason": "birthday", "key": "k"}
    first, again = (api.ask("post", f"/members/{mei}/points", gift) for _ in range(2))
    assert (first.status, first.body) == (201, again.body)
    assert api.ask("post", f"/members/{mei}/points", {**gift, "points": 99}).body["code"] == "points_key_reused"
    short = api.ask("post", f"/members/{mei}/points", {"programme": programme, "points": -101, "reason": "goods"})
    assert (short.status, short.body["code"]) == (409, "not_enough_points")
    (balance,) = api.get(f"/members/{mei}/points").body
    assert (balance["points"], balance["owed"], balance["level"]) == (100, 0, None)
    low = api.ask("post", f"{base}/levels", {"name": "Low", "months": 0}).body
    bars = {"name": "High", "bars": [{"kind": "orders", "least": 2}]}
    high = api.ask("post", f"{base}/levels", bars).body
    assert [each["name"] for each in api.get(f"{base}/levels").body] == ["Low", "High"]
    moves = api.ask("post", f"{base}/levels/{high['id']}/preview", {"name": "High"}).body
    assert moves == {"people": 4, "up": 4, "down": 0, "same": 0}
    assert api.ask("put", f"{base}/levels/{high['id']}", {**bars, "name": "Low"}).body["code"] == "bad_level"
    given = {"programme": programme, "level": low["id"], "reason": "old friend", "until": "2099-01-01"}
    assert api.ask("post", f"/members/{mei}/levels", given).status == 201
    assert api.get(f"/members/{mei}/points").body[0]["level"] == "Low"
    entries = api.get(f"{base}/entries").body["items"]
    assert [(each["member"]["name"], each["amount"], each["reason"]) for each in entries] == [("Mei", 100, "birthday")]
    back = api.ask("post", f"/points/movements/{entries[0]['movement']}/reverse", {"reason": "wrong person"})
    assert back.status == 200
    assert api.get(f"{base}/totals").body["kinds"] == {"give": 100, "reverse": -100}
    far = caller("owner", unit)
    assert far.ask("put", f"{base}/rules/join", {"on": False}).status == 403
    assert Movement.objects.count() == 2


def test_what_the_console_can_the_api_can(api: Caller, programme: str, tea: Community) -> None:
    base, mei = f"/points/programmes/{programme}", Member.objects.get(name="Mei").public_id
    high = {"months": 0, "bars": [{"kind": "orders", "least": 9}]}
    ids = [api.ask("post", f"{base}/levels", {"name": name, **high}).body["id"] for name in ("Low", "High", "Top")]
    assert api.ask("put", f"{base}/ladder", {"levels": ids[:2]}).body["code"] == "bad_order"
    turned = api.ask("put", f"{base}/ladder", {"levels": [ids[2], ids[0], ids[1]]})
    assert [each["name"] for each in turned.body] == ["Top", "Low", "High"]
    assert api.ask("delete", f"{base}/levels/{ids[2]}").status == 204
    assert [each["name"] for each in api.get(f"{base}/levels").body] == ["Low", "High"]
    given = {"programme": programme, "level": ids[1], "reason": "old friend", "until": "2099-01-01"}
    grant = api.ask("post", f"/members/{mei}/levels", given).body["id"]
    (stands,) = api.get(f"{base}/standings?level={ids[1]}").body["items"]
    assert (stands["member"]["name"], stands["why"]) == ("Mei", ["given by hand"])
    offer = {"name": "Tasting", "kind": "gift", "quota": 1, "period": "ever", "levels": [ids[1]]}
    benefit = api.ask("post", f"{base}/benefits", offer).body["id"]
    assert api.ask("put", f"{base}/benefits/{benefit}", {**offer, "quota": 0}).body["code"] == "bad_benefit"
    assert api.ask("put", f"{base}/benefits/{benefit}", {**offer, "quota": 2}).body["quota"] == 2
    api.ask("post", f"/members/{mei}/benefits", {"programme": programme, "benefit": benefit, "note": "in May"})
    assert [(each["member"]["name"], each["note"]) for each in api.get(f"{base}/benefit-uses").body["items"]] == [("Mei", "in May")]  # fmt: skip
    assert api.ask("patch", f"{base}/benefits/{benefit}", {"archived": True}).body["archived"] is True
    assert api.ask("delete", f"/members/{mei}/levels/{grant}").status == 204
    reward = api.ask("post", f"{base}/rewards", {"name": "Cup", "price": 40, "stock": 3}).body["id"]
    stale = api.ask("put", f"{base}/rewards/{reward}", {"name": "Cup", "price": 40, "stock": 9, "seen": 2})
    assert (stale.status, stale.body["code"]) == (409, "stock_moved")
    assert (
        api.ask("put", f"{base}/rewards/{reward}", {"name": "Cup", "price": 40, "stock": 9, "seen": 3}).body["stock"]
        == 9
    )
    assert api.ask("patch", f"{base}/rewards/{reward}", {"archived": True}).body["archived"] is True
    door = f"/points/vip/{tea.public_id}"
    assert api.ask("put", door, {}).body["code"] == "bad_vip"
    made = api.ask("put", door, {"bars": [{"kind": "months", "least": 0}], "fee": 19900, "currency": "CNY"}).body
    assert (made["bars"], made["counts"]["unmet"]) == ([{"kind": "months", "least": 0, "currency": ""}], 0)
    api.ask("put", door, {"fee": 19900, "currency": "CNY"})
    fee = api.ask("post", f"/members/{mei}/vip-fees", {"community": tea.public_id, "on": "2026-03-01"}).body["id"]
    unmet = api.all_of(f"{door}/people?list=unmet&limit=1")
    assert ("Mei" in [each["member"]["name"] for each in unmet], unmet[0]["why"]) == (False, ["no fee paid"])
    assert api.ask("delete", door).body["code"] == "vip_has_fees"
    assert [api.ask("delete", f"/members/{mei}/vip-fees/{fee}").status, api.ask("delete", door).status] == [204, 204]


def test_who_loses_points_page_by_page(api: Caller, programme: str) -> None:
    for name, points in (("Mei", 1), ("Tom", 2), ("Lin", 2)):
        gift = {"programme": programme, "points": points, "reason": "sign-in"}
        api.ask("post", f"/members/{Member.objects.get(name=name).public_id}/points", gift)
    Lot.objects.update(expires_on=timezone.localdate() + timedelta(days=3))
    rows = api.all_of(f"/points/programmes/{programme}/expiring?limit=1")
    assert sorted((each["member"]["name"], each["points"]) for each in rows) == [("Lin", 2), ("Mei", 1), ("Tom", 2)]


def test_a_table_of_points_is_checked_given_and_taken_back(api: Caller, programme: str) -> None:
    base, mei = f"/points/programmes/{programme}", Member.objects.get(name="Mei").public_id

    def table(lines: str) -> dict[str, SimpleUploadedFile]:
        return {"file": SimpleUploadedFile("points.csv", f"member_id,points,reason\n{lines}".encode())}

    wrong = f"{mei},30,sign-in\nnobody,5,sign-in\n"
    plan = api.ask("post", f"{base}/tables/check", form=table(wrong)).body
    assert (plan["lines"], plan["wrong"], plan["given"], plan["rows"][0]["problem"]) == (
        2,
        1,
        35,
        "nobody like this is known",
    )
    assert api.ask("post", f"{base}/tables", form=table(wrong)).body["code"] == "wrong_lines"
    assert not Movement.objects.exists()
    done = api.ask("post", f"{base}/tables", form=table(f"{mei},30,sign-in\n{mei},-40,goods\n"))
    assert (done.status, done.body["lines"], [each["line"] for each in done.body["refused"]]) == (201, 1, [3])
    assert api.ask("delete", f"/points/acts/{done.body['act']}").body == {"changed": 1}
    assert api.ask("delete", f"/points/acts/{done.body['act']}").body["code"] == "cannot_undo"
