"""Segments through the API: made, tried, changed, counted, compared, photographed, followed by tags; and the command line."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from qunyu.cli import segments as cli
from qunyu.kernel.errors import DomainError
from qunyu.members.models import Tag, TagGroup
from qunyu.people.models import Unit
from qunyu.segments.models import Segment
from tests.api.calling import As, Caller


@pytest.mark.usefixtures("tea")
def test_a_segment_from_end_to_end(api: Caller, shop: Unit) -> None:
    tried = api.ask("post", "/segments/try", {"text": "sent messages at least 2 times"}).body
    assert (tried["count"], tried["people"], tried["text"]["zh"]) == (3, 6, "发消息 至少 2 次")
    made = api.ask("post", "/segments", {"name": "Talkers", "unit": shop.public_id, "condition": tried["condition"]})
    assert (made.status, made.body["size"], made.body["text"]["en"]) == (201, None, "sent messages at least 2 times")
    home = f"/segments/{made.body['id']}"
    assert [row["name"] for row in api.all_of(f"{home}/members?limit=2")] == ["Mei", "Tom", "小茶"]
    counted = api.ask("post", f"{home}/count").body["size"]
    assert (counted["size"], counted["people"], counted["week"]) == (3, 6, None)
    taken = api.ask("post", f"{home}/snapshots", {"why": "spring"}).body
    changed = api.ask("patch", home, {"text": "ordered", "note": "n"}).body
    assert (changed["text"]["en"], changed["note"], changed["name"]) == ("ordered", "n", "Talkers")
    assert [row["name"] for row in api.all_of(f"{home}/members")] == ["Mei", "Tom"]
    assert len(api.all_of(f"{home}/members?snapshot={taken['id']}")) == 3
    assert [each["size"] for each in api.all_of(f"{home}/snapshots")] == [3]
    assert api.ask("patch", home, {"undo": True}).body["note"] == ""
    other = api.ask("post", "/segments", {"name": "Here", "unit": shop.public_id, "text": "in a community"}).body
    assert api.get(f"{home}/compare/{other['id']}").body == {"both": 2, "first": 1, "second": 1}
    part = api.all_of(f"{home}/members?compare={other['id']}&part=first")
    assert [row["name"] for row in part] == ["Tom"]
    tag = Tag.objects.create(group=TagGroup.objects.create(unit=shop, name="客户"), name="VIP", folded="vip")
    rule = api.ask("post", f"{home}/tag-rules", {"tag": tag.public_id}).body
    assert rule["tag"]["name"] == "客户/VIP"
    trial = api.get(f"{home}/tag-rules/{rule['id']}/trial").body
    assert trial == {"come": 3, "go": 0, "kept_back": 0, "done": False}
    assert api.ask("post", f"{home}/tag-rules/{rule['id']}/apply").body["come"] == 3
    assert api.get(f"{home}/tag-rules").body[0]["came"] == 3
    assert api.ask("patch", home, {"archived": True}).status == 409
    assert api.ask("delete", f"{home}/tag-rules/{rule['id']}").body == {"changed": 3}
    assert api.ask("delete", f"{home}/snapshots/{taken['id']}").body == {"changed": 1}
    assert api.ask("patch", home, {"archived": True}).body["archived_at"]
    assert [row["name"] for row in api.all_of("/segments")] == ["Here"]
    assert "order" in {each["key"] for each in api.get("/segments/vocabulary").body["verbs"]}


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"text": "tier is Active and tier is Ordinary"}, 422, "contradiction"),
        ({"text": "tier is"}, 422, "bad_text"),
        ({"text": "moon is full"}, 422, "unknown_segment_field"),
        ({"condition": {"all": []}}, 422, "bad_condition"),
        ({"condition": {"field": "segment", "op": "is", "values": ["none"]}}, 422, "bad_condition"),
    ],
)
def test_what_cannot_be_asked(sent: dict[str, Any], status: int, code: str, api: Caller) -> None:
    found = api.ask("post", "/segments/try", sent)
    assert (found.status, found.body["code"]) == (status, code)


@pytest.mark.parametrize("nothing", [{}, {"text": ""}, {"text": " \n"}])
def test_everybody_is_never_meant_by_saying_nothing(nothing: dict[str, Any], api: Caller, unit: Unit) -> None:
    made = api.ask("post", "/segments", {"name": "All", "unit": unit.public_id, **nothing})
    assert (made.status, made.body["code"], Segment.objects.count()) == (422, "empty_condition", 0)
    assert api.ask("post", "/segments/try", nothing).body["code"] == "empty_condition"
    kept = api.ask("post", "/segments", {"name": "All", "unit": unit.public_id, "text": "everybody"})
    assert (kept.status, kept.body["text"]["zh"]) == (201, "所有人")
    if nothing:
        changed = api.ask("patch", f"/segments/{kept.body['id']}", nothing)
        assert (changed.status, Segment.objects.get().condition) == (422, {"everybody": True})


def test_orders_take_their_permission(caller: As, unit: Unit) -> None:
    found = caller("admin", unit).ask("post", "/segments/try", {"text": "ordered"})
    assert (found.status, found.body["code"]) == (403, "denied_segment_field")


@pytest.mark.usefixtures("tea")
def test_the_command_line(api: Caller, unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "set_up", lambda: None)
    made = api.ask(
        "post", "/segments", {"name": "Talkers", "unit": unit.public_id, "text": "sent messages at least 2 times"}
    ).body
    run = CliRunner().invoke
    assert run(cli.segment, ["list"]).output == f"{made['id']}\t-\t-\t华东店\tTalkers\n"
    assert run(cli.segment, ["show", "Talkers"]).output == "发消息 至少 2 次\n"
    assert run(cli.segment, ["count", made["id"]]).output == "3\n"
    assert run(cli.segment, ["count", "--text", "没有 发消息 至少 2 次"]).output == "1\n"
    assert [line.split(",")[1] for line in run(cli.segment, ["export", "Talkers"]).output.split()] == [
        "name",
        "Mei",
        "Tom",
        "小茶",
    ]
    assert run(cli.segment, ["count"]).exit_code == 1
    for command in ("count", "export"):
        refused = run(cli.segment, [command, "--text", ""]).exception
        assert isinstance(refused, DomainError)
        assert refused.code == "empty_condition"
