"""Segments in the console: the list, the builder and its trials, one segment with people, snapshots, tags, and beside another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qunyu.kernel.scope import Scope
from qunyu.members.models import Tag, Tagging, TagGroup
from qunyu.people.models import Unit
from qunyu.segments.actions import add_segment
from qunyu.segments.conditions import Speaker
from qunyu.segments.models import Segment, SegmentSnapshot
from tests.console.conftest import read
from tests.deployment_fixtures import NOW

MADE = {"name": "茶友", "note": "", "text": "目前在群"}


@contextmanager
def asking(most: int) -> Iterator[None]:
    """Lets a page ask the database so often at most."""
    with CaptureQueriesContext(connection) as asked:
        yield
    assert len(asked) <= most, len(asked)


def tried(page: str) -> dict[str, Any]:
    """What the preview tells the builder."""
    found: dict[str, Any] = json.loads(
        page.split('id="tried" type="application/json">')[1].split("</script>", maxsplit=1)[0]
    )
    return found


@pytest.mark.usefixtures("tea")
def test_building_changing_and_looking(boss: Client, unit: Unit) -> None:
    empty = read(boss.get("/segments"))
    assert "还没有人群" in empty
    assert "/segments/new?from=ready" in empty
    with asking(45):
        begun = read(boss.get("/segments/new?from=quiet"))
    assert "首次出现 早于近 90 天" in begun
    assert read(boss.get("/segments/new")).count("<option") >= 2
    made = boss.post("/segments/new", {**MADE, "unit": unit.public_id})
    segment = Segment.objects.get()
    assert made["Location"] == f"/segments/{segment.public_id}"
    again = boss.post("/segments/new", {**MADE, "unit": unit.public_id})
    assert (again.status_code, "已有名为“茶友”的人群" in read(again)) == (400, True)
    wrong = boss.post(f"{made['Location']}/edit", {**MADE, "text": "目前在群 且"})
    assert (wrong.status_code, "末尾不完整" in read(wrong)) == (400, True)
    assert boss.post(f"{made['Location']}/edit", {**MADE, "text": "目前在群 且 名字 包含 “e”"}).status_code == 302
    with asking(40):
        shown = read(boss.get(made["Location"]))
    assert "目前在群 且 名字 包含 “e”" in shown
    boss.post(f"{made['Location']}/do", {"do": "count"})
    with asking(40):
        listed = read(boss.get("/segments"))
    assert "1 / 4" in listed
    boss.post(f"{made['Location']}/do", {"do": "undo"})
    with asking(40):
        people = read(boss.get(f"{made['Location']}/people"))
    assert all(name in people for name in ("Lin", "Mei", "小茶"))
    assert "Tom" not in people
    file = b"".join(boss.get(f"{made['Location']}/people?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert file.count("\n") == 4
    boss.post(f"{made['Location']}/do", {"do": "archive"})
    assert "茶友" not in read(boss.get("/segments"))
    assert "茶友" in read(boss.get("/segments?state=away"))


@pytest.mark.usefixtures("tea")
def test_nothing_asked_is_not_everybody(boss: Client, unit: Unit) -> None:
    opened = boss.get("/segments/new")
    assert (opened.status_code, tried(read(opened)), "还没有条件" in read(opened)) == (200, {}, True)
    given = {**MADE, "unit": unit.public_id, "text": " "}
    refused = boss.post("/segments/new", given)
    assert (refused.status_code, "要包括所有人请写“所有人”" in read(refused), Segment.objects.count()) == (400, True, 0)
    empty = json.dumps({"form": "qunyu-segment-1", "name": "x", "note": "", "text": {"zh": "", "en": ""}}).encode()
    for data in (empty, b" \n"):
        assert "要包括所有人请写“所有人”" in read(boss.post("/segments/new", {**given, "file": _file(data)}))
    boss.post("/segments/new", {**given, "text": "所有人"})
    home = f"/segments/{Segment.objects.get().public_id}"
    assert boss.post(f"{home}/edit", {**MADE, "text": ""}).status_code == 400
    assert Segment.objects.get().condition == {"everybody": True}
    assert "error" in tried(read(boss.post("/segments/try", {"text": ""})))


@pytest.mark.usefixtures("tea")
def test_trying_both_forms(boss: Client) -> None:
    page = read(boss.post("/segments/try", {"text": "sent messages at least 2 times and region is unknown"}))
    found = tried(page)
    assert found["text"] == "发消息 至少 2 次 且 地区 未知"
    assert 'data-count="3"' in page
    assert "未知的有" in page
    back = tried(read(boss.post("/segments/try", {"condition": json.dumps(found["condition"])})))
    assert back == found
    bad = tried(read(boss.post("/segments/try", {"text": "目前在群 或 ？"})))
    assert (bad["place"], "没有字段或行为" in bad["error"]) == (8, True)
    assert "error" in tried(read(boss.post("/segments/try", {"condition": "{"})))


@pytest.mark.usefixtures("tea")
def test_snapshots_tags_files_and_comparing(boss: Client, unit: Unit, system: Scope) -> None:
    speaker = Speaker(system)
    texts = {"现在": "目前在群", "说过": "发消息 至少 2 次"}
    one, other = (
        add_segment(by=system, unit=unit, name=name, condition=speaker.from_text(text), now=NOW)
        for name, text in texts.items()
    )
    home = f"/segments/{one.public_id}"
    boss.post(f"{home}/snapshots", {"why": "春茶"})
    snapshot = SegmentSnapshot.objects.get()
    assert all(text in read(boss.get(home)) for text in ("春茶", "3 人"))
    assert "Mei" in read(boss.get(f"{home}/people?snapshot={snapshot.public_id}"))
    boss.post(f"{home}/snapshots", {"remove": snapshot.public_id})
    assert not SegmentSnapshot.objects.exists()
    tag = Tag.objects.create(group=TagGroup.objects.create(unit=unit, name="客户"), name="VIP", folded="vip")
    boss.post(f"{home}/rules", {"do": "add", "tag": tag.public_id})
    rule = one.rules.get()
    told = boss.post(f"{home}/rules", {"do": "try", "rule": rule.public_id}, follow=True)
    assert ("3 人将加上标签" in read(told), Tagging.objects.count()) == (True, 0)
    boss.post(f"{home}/rules", {"do": "apply", "rule": rule.public_id})
    assert Tagging.objects.filter(withdrawn_at=None).count() == 3
    refused = boss.post(f"{home}/rules", {"do": "add", "tag": tag.public_id}, follow=True)
    assert "已随人群“现在”变动" in read(refused)
    boss.post(f"{home}/rules", {"do": "remove", "rule": rule.public_id})
    assert Tagging.objects.filter(withdrawn_at=None).count() == 0
    assert other.name in read(boss.get(f"{home}/compare"))
    beside = read(boss.get(f"{home}/compare?with={other.public_id}&part=second"))
    assert all(text in beside for text in ("两者都在: 2", "只在“现在”: 1", "只在“说过”: 1", "Tom"))
    sent = boss.get(f"{home}/file")
    again = boss.post("/segments/new", {"name": "", "unit": unit.public_id, "file": _file(sent.content)})
    assert ("目前在群" in read(again), Segment.objects.count()) == (True, 2)


def _file(data: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("segment.json", data)


@pytest.mark.usefixtures("tea")
def test_sizes_and_conditions_stay_with_who_may_know(
    boss: Client, owner: Client, admin: Client, unit: Unit, system: Scope
) -> None:
    bought = Speaker(system).from_text("下单")
    segment = add_segment(by=system, unit=unit, name="买家", condition=bought, now=NOW)
    boss.post(f"/segments/{segment.public_id}/do", {"do": "count"})
    assert "0 / 4" in read(owner.get("/segments"))
    assert "0 / 4" not in read(admin.get("/segments"))
    page = read(admin.get(f"/segments/{segment.public_id}"))
    assert "需要“查看订单与收入”的权限" in page
    assert "单位总人数" not in page
    assert admin.get(f"/segments/{segment.public_id}/people").status_code == 400
    assert "denied" not in read(admin.get("/segments/new"))
    assert "下单" not in read(admin.get("/segments/new"))
