"""Tables of tags: who a line is about, which tags it puts, what is wrong; done, undone, and what is exported comes in again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.members import tag_importing, tagging
from qunyu.members.models import Member, Tag, TagAct, Tagging
from qunyu.members.tag_importing import ask, run
from qunyu.members.tag_queries import everything_carried, tags_of
from qunyu.members.tag_table import TagPlan, plan_tags
from qunyu.members.tagging import put, undo
from qunyu.members.tags import add_group, add_tag
from qunyu.people.models import Unit
from tests.deployment_fixtures import NOW
from tests.members.conftest import Person, Place

Looked = Callable[[str], TagPlan]


@pytest.fixture
def tags(system: Scope, unit: Unit) -> dict[str, Tag]:
    """Two tags of a free group, two of an exclusive one."""
    found: dict[str, Tag] = {}
    for group, exclusive, names in (("擅长", False, "泡茶 拍照"), ("阶段", True, "新客 老客")):
        made = add_group(by=system, unit=unit, name=group, exclusive=exclusive, now=NOW)
        found |= {name: add_tag(by=system, group=made, name=name, now=NOW) for name in names.split()}
    return found


@pytest.fixture
def ann(person: Person, place: Place, unit: Unit) -> Member:
    return person("Ann", place("runners", unit))


@pytest.fixture
def looked(system: Scope, tmp_path: Path) -> Looked:
    def look(text: str) -> TagPlan:
        path = tmp_path / "tags.csv"
        path.write_text(text, encoding="utf-8")
        return plan_tags(system, path)

    return look


def names(scope: Scope, member: Member) -> list[str]:
    return [each.tag.name for each in tags_of(scope, member) if not each.overruled]


def test_a_line_names_one_tag_or_one_column_a_group(
    system: Scope, tags: dict[str, Tag], mei: Member, ann: Member, looked: Looked, unit: Unit
) -> None:
    put(by=system, tag=tags["新客"], members=[mei.pk], now=NOW)
    found = looked(f"platform_id,组,标签,原因\nMei,阶段,老客,回购\nAnn,,擅长/泡茶,\n{'Ann'},,拍照,会修图\nMei,,老客,\n")
    assert (found.counts, found.wrong) == ({"lines": 4, "people": 2, "tags": 3, "same": 1, "wrong": 0}, [])
    act = ask(by=system, unit=unit, title="tags.csv", plan=found, skip=False, now=NOW)
    assert (act.people, names(system, mei), names(system, ann)) == (2, ["老客"], ["泡茶", "拍照"])
    told = {each.tag.name: (each.source, each.reason) for each in tags_of(system, ann)}
    assert told == {"泡茶": ("import", ""), "拍照": ("import", "会修图")}
    assert undo(by=system, act=act, now=NOW) == 2
    assert (names(system, mei), names(system, ann)) == (["新客"], [])
    wide = looked("member_id,擅长,阶段\n" + f"{mei.public_id},泡茶、拍照,老客\n")
    assert [[tag.name for tag in line.tags] for line in wide.lines] == [["泡茶", "拍照", "老客"]]


def test_what_is_wrong_is_named_by_line_and_nothing_is_done(
    system: Scope,
    tags: dict[str, Tag],
    mei: Member,
    place: Place,
    person: Person,
    other_unit: Unit,
    unit: Unit,
    looked: Looked,
) -> None:
    person("Bob", place("far", other_unit))
    found = looked(
        "platform_id,tag,reason\nMei,没有,\nnobody,泡茶,\nBob,泡茶,\nMei,新客,\nMei,老客,\nMei,泡茶," + "x" * 201 + "\n"
    )
    wrong = {each.number: each.problems[0].en for each in found.wrong}
    assert wrong == {
        2: "there is no tag “没有”; choose one of the list",
        3: "nobody like this is known",
        4: "“泡茶” is not for this person’s units",
        6: "it contradicts line 5: of “阶段” a person carries one",
        7: "a reason has at most 200 characters",
    }
    with pytest.raises(DomainError) as raised:
        ask(by=system, unit=unit, title="x", plan=found, skip=False, now=NOW)
    assert (raised.value.code, TagAct.objects.count()) == ("wrong_lines", 0)
    ask(by=system, unit=unit, title="x", plan=found, skip=True, now=NOW)
    assert names(system, mei) == ["新客"]
    for text, code in (("platform_id,阶级\nMei,x\n", "unknown_column"), ("platform_id,name\nMei,x\n", "no_tags")):
        with pytest.raises(DomainError) as raised:
            looked(text)
        assert raised.value.code == code


def test_of_many_a_worker_does_it_and_what_is_exported_comes_in_again(
    system: Scope, tags: dict[str, Tag], mei: Member, ann: Member, looked: Looked, unit: Unit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    asked: list[str] = []
    monkeypatch.setattr(tag_importing, "enqueue", lambda name, **_: asked.append(name))
    monkeypatch.setattr(tag_importing, "load", lambda: None)
    monkeypatch.setattr(tag_importing, "AT_ONCE", 1)
    act = ask(
        by=system, unit=unit, title="t", plan=looked("platform_id,tag\nMei,泡茶\nAnn,新客\n"), skip=False, now=NOW
    )
    assert (asked, act.people, Tagging.objects.count()) == (["members.import_tags"], None, 0)
    for _ in range(2):
        run(key=act.pk, now=NOW)
    act.refresh_from_db()
    assert act.people == 2
    assert not tagging.kept_path(act).exists()
    rows = [(each.public_id, told.tag.group.name, told.tag.name) for each, told in everything_carried(system)]
    assert rows == [(mei.public_id, "擅长", "泡茶"), (ann.public_id, "阶段", "新客")]
    undo(by=system, act=act, now=NOW)
    again = looked("成员编号,标签组,标签,来源\n" + "".join(f"{one},{group},{tag},导入\n" for one, group, tag in rows))
    assert again.counts == {"lines": 2, "people": 2, "tags": 2, "same": 0, "wrong": 0}
