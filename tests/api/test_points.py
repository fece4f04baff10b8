"""Points through the API: what the pages do, with the same refusals."""

from __future__ import annotations

import pytest

from qunyu.communities.models import Community
from qunyu.loyalty.models import Movement
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
