"""What people say of us, by the API."""

from __future__ import annotations

import pytest

from qunyu.communities.models import Community
from qunyu.members.models import Member
from qunyu.people.models import Unit
from tests.api.calling import Caller


@pytest.fixture
def mei(tea: Community) -> Member:
    """Mei of the community Tea lovers."""
    return Member.objects.get(name="Mei")


def test_opinions(api: Caller, mei: Member) -> None:
    bad = api.ask("post", f"/members/{mei.public_id}/opinions", {"kind": "rating"})
    assert bad.status == 422
    made = api.ask("post", f"/members/{mei.public_id}/opinions", {"kind": "complaint", "text": "茶凉了"})
    assert (made.status, made.body["score"], made.body["state"]) == (201, 0, "new")
    settled = api.ask("post", f"/opinions/{made.body['id']}/steps", {"did": "settle", "words": "换了", "content": True})
    assert (settled.body["score"], settled.body["state"], settled.body["content"]) == (50, "settled", True)
    again = api.ask("post", f"/opinions/{made.body['id']}/steps", {"did": "answer", "words": "x"})
    assert again.status == 409
    found = api.get(f"/opinions?state=settled&kind=complaint&member={mei.public_id}")
    assert [each["id"] for each in found.body["items"]] == [made.body["id"]]
    assert api.ask("post", f"/opinions/{made.body['id']}/withdraw").body["withdrawn"] is True
    assert api.get("/opinions").body["items"] == []
    assert api.ask("post", f"/opinions/{made.body['id']}/restore").body["withdrawn"] is False


def test_surveys(api: Caller, mei: Member, unit: Unit) -> None:
    wanted = {"unit": unit.public_id, "title": "回访", "questions": [{"kind": "stars", "title": "满意吗？"}]}
    bad = api.ask("post", "/surveys", {**wanted, "questions": []})
    assert bad.status == 422
    made = api.ask("post", "/surveys", wanted)
    place = f"/surveys/{made.body['id']}"
    assert (made.status, made.body["state"], made.body["link"]) == (201, "draft", None)
    assert api.ask("post", f"{place}/asks", {"members": [mei.public_id]}).status == 409
    assert api.ask("put", place, {**wanted, "title": "四月回访"}).body["title"] == "四月回访"
    assert api.ask("post", f"{place}/open", {"to_all": True}).body["link"].startswith("m/s/")
    (asked,) = api.ask("post", f"{place}/asks", {"members": [mei.public_id]}).body
    assert asked["link"].startswith("m/s/")
    assert api.get(f"{place}/outcome").body["asked"] == 1
    assert api.ask("put", place, wanted).status == 409
    assert api.ask("post", f"{place}/close").body["state"] == "closed"
    assert [each["asked"] for each in api.get("/surveys").body] == [1]
    assert api.get("/surveys/nothing").status == 404
