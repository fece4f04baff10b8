"""Tags and experts in the console: groups, one person, many at once with the count before, undo, the list, and who can help."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.members.models import Member, Tag, TagAct, Tagging, TagGroup
from qunyu.members.tag_queries import tags_of
from qunyu.members.tag_rules import keep
from qunyu.members.tagging import put
from qunyu.members.tags import add_group, add_tag
from qunyu.people.models import Unit
from tests.console.conftest import read
from tests.deployment_fixtures import NOW, AddStaff, SignedIn


def member(name: str) -> Member:
    return Member.objects.filter(identities__name=name).distinct().get()


@pytest.fixture
def brewing(tea: Community, system: Scope, unit: Unit) -> Tag:
    group = add_group(by=system, unit=unit, name="擅长", now=NOW)
    add_tag(by=system, group=group, name="拍照", now=NOW)
    return add_tag(by=system, group=group, name="泡茶", now=NOW)


@pytest.fixture
def fresh(tea: Community, system: Scope, unit: Unit) -> Tag:
    group = add_group(by=system, unit=unit, name="阶段", exclusive=True, now=NOW)
    add_tag(by=system, group=group, name="老客", now=NOW)
    return add_tag(by=system, group=group, name="新客", now=NOW)


def test_groups_and_tags_are_made_changed_merged_and_put_away(tea: Community, boss: Client, unit: Unit) -> None:
    assert "还没有标签" in read(boss.get("/members/tags"))
    made = boss.post("/members/tags", {"name": "擅长", "unit": unit.public_id})
    group = TagGroup.objects.get()
    assert made["Location"] == f"/members/tags/groups/{group.public_id}"
    for name in ("泡茶", "茶艺"):
        boss.post(f"/members/tags/groups/{group.public_id}/tags", {"tag": name})
    refused = boss.post(f"/members/tags/groups/{group.public_id}/tags", {"tag": "泡 茶,"})
    assert (refused.status_code, 'id="error-tag"' in refused.content.decode()) == (400, True)
    tea_art = Tag.objects.get(name="茶艺")
    boss.post(f"/members/{member('Mei').public_id}/tags", {"tag": "茶艺", "reason": "会泡"})
    page = f"/members/tags/{tea_art.public_id}"
    assert boss.post(page, {"name": "茶 道", "help": "", "group": group.public_id, "do": "save"}).status_code == 302
    in_use = boss.post(page, {"do": "delete"})
    assert (in_use.status_code, "可以归档" in read(in_use)) == (400, True)
    boss.post(page, {"do": "merge", "into": Tag.objects.get(name="泡茶").public_id})
    assert "茶 道" not in read(boss.get("/members/tags"))
    acts = read(boss.get("/members/tags/acts"))
    assert "合并标签" in acts
    boss.post(f"/members/tags/acts/{TagAct.objects.get(kind='merge').public_id}/undo")
    assert "茶 道" in read(boss.get("/members/tags"))
    boss.post(f"/members/tags/{Tag.objects.get(name='泡茶').public_id}/move", {"way": "down"})
    assert [each.name for each in Tag.objects.order_by("position")] == ["茶 道", "泡茶"]


def test_one_person_gets_and_loses_a_tag_and_the_page_tells_of_it(brewing: Tag, fresh: Tag, boss: Client) -> None:
    mei = member("Mei")
    page = f"/members/{mei.public_id}"
    assert "打标签" in read(boss.get(page))
    boss.post(f"{page}/tags", {"tag": "阶段/新客", "reason": "第一单"})
    shown = read(boss.get(page))
    assert all(text in shown for text in ("新客", "第一单", "再打另一个会取代", "标签历史"))
    boss.post(f"{page}/tags", {"tag": "老客"})
    refused = boss.post(f"{page}/tags", {"tag": "没有的"})
    assert (refused.status_code, "没有标签“没有的”" in refused.content.decode()) == (400, True)
    boss.post(f"{page}/tags", {"take": Tag.objects.get(name="老客").public_id})
    assert not Tagging.objects.filter(withdrawn_at=None).exists()
    timeline = read(boss.get(f"{page}?source=tags"))
    assert [timeline.count(text) for text in ("打标签 · Director", "去掉标签 · Director")] == [2, 2]


def test_a_rules_tag_says_so_and_cannot_be_taken_off(brewing: Tag, system: Scope, boss: Client) -> None:
    mei = member("Mei")
    keep(by=system, tag=brewing, members=[mei.pk], why="人群：爱茶", now=NOW)
    shown = read(boss.get(f"/members/{mei.public_id}"))
    assert "规则成立期间不能手工去掉" in shown
    refused = boss.post(f"/members/{mei.public_id}/tags", {"take": brewing.public_id})
    assert (refused.status_code, "由规则打上" in read(refused)) == (400, True)
    assert Tagging.objects.filter(withdrawn_at=None).count() == 1


def test_many_get_a_tag_after_the_count_was_said_and_it_is_undone(brewing: Tag, fresh: Tag, boss: Client) -> None:
    mei, tom = member("Mei"), member("Tom")
    assert 'form="tagging"' in read(boss.get("/members"))
    given = {"tag": "阶段/新客", "way": "put", "who": "ticked", "member": [mei.public_id, tom.public_id]}
    before = read(boss.post("/members/tags/put", given))
    assert all(text in before for text in ("将打上标签", "(2)"))
    assert not Tagging.objects.exists()
    assert boss.post("/members/tags/put", {**given, "do": "yes", "reason": "活动"}).status_code == 302
    everybody = {"tag": "老客", "way": "put", "who": "all", "query": f"?q={quote('Mei')}"}
    before = read(boss.post("/members/tags/put", everybody))
    assert "会失去同组的另一个标签" in before
    done = boss.post("/members/tags/put", {**everybody, "do": "yes"})
    assert done["Location"] == "/members?q=Mei"
    rows = read(boss.get(f"/members?tag={fresh.public_id}"))
    assert ("Tom" in rows, ">Mei<" in rows) == (True, False)
    assert ">Mei<" in read(boss.get(f"/members?tag={fresh.public_id}&tags=none"))
    for act in TagAct.objects.order_by("-pk"):
        boss.post(f"/members/tags/acts/{act.public_id}/undo")
    assert not Tagging.objects.filter(withdrawn_at=None).exists()
    assert boss.post("/members/tags/put", {"tag": "老客", "who": "ticked"}).status_code == 400


def test_the_list_shows_and_exports_tags(brewing: Tag, fresh: Tag, system: Scope, boss: Client) -> None:
    for tag in (brewing, fresh):
        put(by=system, tag=tag, members=[member("Mei").pk], now=NOW)
    assert "泡茶、新客" in read(boss.get("/members"))
    file = b"".join(boss.get("/members?export=csv&column=tags").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Mei,泡茶、新客" in file


def test_who_may_only_see_gets_no_forms(brewing: Tag, staff: AddStaff, signed_in: SignedIn, unit: Unit) -> None:
    viewer = signed_in(staff("viewer", "analyst", unit))
    assert viewer.post("/members/tags/put", {"tag": "泡茶"}).status_code == 403
    assert viewer.get("/members/tags/acts").status_code == 403
    assert Tagging.objects.count() == 0


def test_an_expert_is_found_by_tag_field_and_what_they_said(brewing: Tag, system: Scope, boss: Client) -> None:
    span = "first=2026-03-01&last=2026-03-31"
    assert "想找懂什么的人" in read(boss.get("/members/experts"))
    found = read(boss.get(f"/members/experts?q=tea&{span}"))
    assert all(text in found for text in ("Green tea in the morning", "Tom", "Lin", "从 2026-03-01 起读了 8 条消息"))
    put(by=system, tag=brewing, members=[member("小茶").pk], now=NOW)
    found = read(boss.get(f"/members/experts?q={quote('谁会泡茶')}&{span}"))
    assert ("小茶" in found, "这段时间没有相关发言" in found) == (True, True)
    assert [each.tag for each in tags_of(system, member("小茶"))] == [brewing]
    nobody = read(boss.get(f"/members/experts?q={quote('量子力学')}&{span}"))
    assert "没有找到懂这个的人" in nobody
    assert "请写明要找懂什么的人" in read(boss.get(f"/members/experts?q={quote('怎么')}&{span}"))


def test_experts_of_another_unit_stay_unknown(
    brewing: Tag, staff: AddStaff, signed_in: SignedIn, other_unit: Unit
) -> None:
    far = signed_in(staff("far", "owner", other_unit))
    found = read(far.get("/members/experts?q=tea&first=2026-03-01&last=2026-03-31"))
    assert "没有找到懂这个的人" in found
    assert "Tom" not in found


def test_a_table_of_tags_is_checked_and_comes_in_and_everything_goes_out(
    brewing: Tag, fresh: Tag, boss: Client
) -> None:
    text = f"member_id,tag,reason\n{member('Mei').public_id},泡茶,教过大家\nnobody,泡茶,\n"
    given = boss.post("/members/tags/import", {"files": SimpleUploadedFile("tags.csv", text.encode())})
    check = given["Location"]
    shown = read(boss.get(check))
    assert all(part in shown for part in ("擅长 / 泡茶", "教过大家", "没有找到这个人"))
    refused = boss.post(check, {"do": "start"})
    assert (refused.status_code, Tagging.objects.count()) == (400, 0)
    assert boss.post(check, {"do": "start", "skip": "yes"})["Location"] == "/members/tags/acts"
    assert "tags.csv" in read(boss.get("/members/tags/acts"))
    file = b"".join(boss.get("/members/tags/export").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Mei,擅长,泡茶,教过大家,导入,Director" in file
    assert boss.post("/members/tags/import", {}).status_code == 400
