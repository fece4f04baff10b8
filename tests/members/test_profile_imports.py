"""Tables of profiles: who a line is about, what it would change, what is wrong; done by a job, and undone as a whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.members import merging, profile_importing
from qunyu.members.contacts import note_contact
from qunyu.members.fields import add_field
from qunyu.members.models import Identity, Mark, Member, ProfileEntry, ProfileImport
from qunyu.members.profile import change, profile
from qunyu.members.profile_importing import ask, find_import, imports, run, undo
from qunyu.members.profile_table import Plan, plan
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, AddStaff
from tests.members.conftest import Person, Place

TODAY = date(2026, 3, 20)
PHONE = "13800000000"


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which jobs are asked for."""
    found: list[str] = []
    monkeypatch.setattr(merging, "enqueue", lambda *_, **__: "")
    monkeypatch.setattr(profile_importing, "enqueue", lambda name, **_: found.append(name))
    return found


@pytest.fixture
def ann(person: Person, place: Place, unit: Unit) -> Member:
    return person("Ann", place("runners", unit))


@pytest.fixture
def looked(system: Scope, tmp_path: Path) -> Any:
    """What a table would do."""

    def look(text: str, by: Scope = system, create: bool = False) -> Plan:
        path = tmp_path / "people.csv"
        path.write_text(text, encoding="utf-8")
        return plan(by, path, create=create, today=TODAY)

    return look


def texts(scope: Scope, member: Member) -> dict[str, str]:
    return {each.field.key: each.text.en for each in profile(scope, member, reveal=True) if each.text}


def done(by: Scope, unit: Unit, found: Plan, skip: bool = False) -> ProfileImport:
    owner = ask(by=by, unit=unit, title="people.csv", plan=found, skip=skip, now=NOW)
    run(key=owner.pk, now=NOW)
    owner.refresh_from_db()
    return owner


def test_people_are_known_by_id_account_phone_or_name(system: Scope, mei: Member, ann: Member, looked: Any) -> None:
    change(by=system, member=ann, changes={"phone": PHONE}, now=NOW, today=TODAY)
    for table, who in (
        (f"成员编号,地区\n{mei.public_id},上海\n", "Mei"),
        ("platform,platform_id,region\nwechat,Mei,上海\n", "Mei"),
        ("手机号,地区\n+86 138 0000 0000,上海\n", "Ann"),
        ("社群,名称,地区\ntea,Mei,上海\n", "Mei"),
        (f"member_id,phone,region\n{ann.public_id},{PHONE},上海\n", "Ann"),
    ):
        found = looked(table)
        assert [(each.who, each.values, each.problems) for each in found.lines] == [(who, {"region": "上海"}, [])]
    assert ProfileEntry.objects.count() == 1


def test_what_is_wrong_is_named_by_line_and_nothing_is_done(
    system: Scope, unit: Unit, mei: Member, ann: Member, looked: Any, asked: list[str]
) -> None:
    table = (
        "member_id,platform_id,phone,region\n"
        f"{mei.public_id},Ann,,上海\n"
        "nobody,,,上海\n"
        f"{ann.public_id},,138****1111,上海\n"
        f"{mei.public_id},,,杭州\n"
        f"{mei.public_id},,,苏州\n"
    )
    found = looked(table)
    wrong = {each.number: each.problems[0].en for each in found.wrong}
    assert wrong == {
        2: "its columns name different people",
        3: "nobody like this is known",
        4: "Phone: it is no whole phone number",
        6: "the same person as on line 5",
    }
    assert found.counts == {"lines": 5, "people": 1, "values": 1, "new": 0, "same": 0, "wrong": 4}
    with pytest.raises(DomainError) as raised:
        ask(by=system, unit=unit, title="x", plan=found, skip=False, now=NOW)
    assert (raised.value.code, asked) == ("wrong_lines", [])
    assert not ProfileImport.objects.exists()
    done(system, unit, found, skip=True)
    assert texts(system, mei) == {"region": "杭州"}


@pytest.mark.parametrize(
    ("table", "code", "named"),
    [
        ("member_id,region,shoe\nx,上海,38\n", "unknown_column", "shoe"),
        ("region,occupation\n上海,教师\n", "no_naming", "member id"),
        ("member_id,region,地区\nx,上海,上海\n", "unknown_column", "region"),
        ("", "bad_table", "empty"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_refused(looked: Any, db: None, table: str, code: str, named: str) -> None:
    with pytest.raises(DomainError) as raised:
        looked(table)
    assert raised.value.code == code
    assert named in raised.value.message.en


def test_a_field_of_another_unit_is_refused(
    system: Scope, unit: Unit, mei: Member, person: Person, place: Place, other_unit: Unit, looked: Any
) -> None:
    add_field(by=system, unit=unit, key="likes", kind="text", now=NOW, name_zh="爱喝", name_en="Likes")
    far = person("Far", place("far", other_unit))
    found = looked(f"member_id,likes\n{mei.public_id},白茶\n{far.public_id},白茶\n")
    assert [each.values for each in found.lines] == [{"likes": "白茶"}, {}]
    assert found.wrong[0].problems[0].en == "“Likes” is no field of this person’s units"


def test_an_empty_cell_and_a_mask_leave_things_as_they_are(system: Scope, unit: Unit, mei: Member, looked: Any) -> None:
    change(by=system, member=mei, changes={"real_name": "林小满", "region": "上海"}, now=NOW, today=TODAY)
    found = looked(f"member_id,real_name,region,occupation\n{mei.public_id},林**,,教师\n")
    assert [each.values for each in found.lines] == [{"occupation": "教师"}]
    same = looked(f"member_id,real_name,region\n{mei.public_id},林小满,上海\n")
    assert same.counts["same"] == 1
    with pytest.raises(DomainError) as raised:
        ask(by=system, unit=unit, title="x", plan=same, skip=False, now=NOW)
    assert raised.value.code == "nothing_to_import"


def test_an_import_is_done_and_undone_as_a_whole(
    system: Scope, unit: Unit, mei: Member, ann: Member, looked: Any, asked: list[str]
) -> None:
    change(by=system, member=mei, changes={"region": "上海"}, now=NOW, today=TODAY)
    before = list(ProfileEntry.objects.values())
    table = f"member_id,name,region,phone\n{mei.public_id},,杭州,{PHONE}\n{ann.public_id},,苏州,\n,新朋友,北京,13900000000\n"
    owner = done(system, unit, looked(table, create=True))
    assert (owner.state, asked) == ("done", ["members.import_profiles"])
    assert owner.summary == {"lines": 3, "people": 3, "values": 5, "new": 1, "same": 0, "wrong": 0}
    assert texts(system, mei) == {"region": "杭州", "phone": PHONE}
    made = Member.objects.get(name="新朋友")
    assert texts(system, made) == {"region": "北京", "phone": "13900000000"}
    assert Identity.objects.get(member=made).platform == f"contact{unit.pk}"
    assert Mark.objects.count() == 2
    assert not list(profile_importing._plan_of(owner).parent.parent.iterdir())
    assert undo(by=system, owner=owner, now=NOW) == 5
    assert texts(system, mei) == {"region": "上海"}
    assert texts(system, ann) == {}
    assert not Member.objects.filter(name="新朋友").exists()
    assert Mark.objects.count() == 0
    assert [row for row in ProfileEntry.objects.values() if row["withdrawn_at"] is None] == before
    with pytest.raises(DomainError) as raised:
        undo(by=system, owner=owner, now=NOW)
    assert raised.value.code == "cannot_undo"


def test_an_import_that_runs_again_after_a_crash_writes_once(
    system: Scope, unit: Unit, mei: Member, looked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = f"member_id,name,region\n{mei.public_id},,杭州\n,新朋友,北京\n"
    owner = ask(by=system, unit=unit, title="x", plan=looked(table, create=True), skip=False, now=NOW)

    def crash(*_: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(profile_importing, "_phones", crash)
        with pytest.raises(RuntimeError):
            run(key=owner.pk, now=NOW)
    assert texts(system, mei) == {}
    run(key=owner.pk, now=NOW)
    run(key=owner.pk, now=NOW)
    assert texts(system, mei) == {"region": "杭州"}
    assert Member.objects.filter(name="新朋友").count() == 1


def test_whom_an_import_made_stays_when_more_is_known_by_then(system: Scope, unit: Unit, looked: Any) -> None:
    owner = done(system, unit, looked("name,phone,region\n新朋友,13900000000,北京\n", create=True))
    made = Member.objects.get(name="新朋友")
    call = {"at": NOW, "channel": "call", "direction": "in", "summary": "hello"}
    note_contact(by=system, member=made, now=NOW, **call)
    undo(by=system, owner=owner, now=NOW)
    assert texts(system, made) == {}
    assert Member.objects.filter(name="新朋友").exists()


def test_a_new_person_is_known_by_phone_the_next_time(system: Scope, unit: Unit, looked: Any) -> None:
    table = "name,phone,region\n新朋友,13900000000,北京\n"
    done(system, unit, looked(table, create=True))
    again = looked(table.replace("北京", "天津"), create=True)
    assert [(each.new, each.values) for each in again.lines] == [(False, {"region": "天津"})]


def test_contacts_of_a_unit_are_seen_there_alone(
    system: Scope, unit: Unit, other_unit: Unit, looked: Any, staff: AddStaff
) -> None:
    done(system, unit, looked("name,phone\n新朋友,13900000000\n", create=True))
    made = Member.objects.get(name="新朋友")
    here, far = scope_of(staff("here", "admin", unit)), scope_of(staff("far", "admin", other_unit))
    line = f"member_id,region\n{made.public_id},北京\n"
    assert not looked(line, by=here).wrong
    assert looked(line, by=far).wrong[0].problems[0].en == "nobody like this is known"


def test_who_may_not_edit_imports_nothing(
    system: Scope, unit: Unit, other_unit: Unit, mei: Member, looked: Any, staff: AddStaff
) -> None:
    found = looked(f"member_id,region\n{mei.public_id},杭州\n")
    owner = done(system, unit, found)
    far = scope_of(staff("far", "admin", other_unit))
    auditor = scope_of(staff("auditor", "auditor", unit))
    for attempt, code in (
        (lambda: ask(by=far, unit=unit, title="x", plan=found, skip=False, now=NOW), "denied"),
        (lambda: undo(by=far, owner=owner, now=NOW), "denied"),
        (lambda: looked("member_id,region\nx,y\n", by=auditor), "denied"),
        (lambda: find_import(far, owner.public_id), "unknown_import"),
    ):
        with pytest.raises(DomainError) as raised:
            attempt()
        assert raised.value.code == code
    assert list(imports(far)) == []
    assert texts(system, mei) == {"region": "杭州"}


def test_somebody_erased_does_not_come_back_as_somebody_new(
    system: Scope, unit: Unit, ann: Member, looked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: set[str] = set()
    monkeypatch.setattr("qunyu.kernel.returning._asked", [lambda names: set(names) & listed])
    text = f"name,phone,platform,platform_id\nLi,{PHONE},,\nWu,,wechat,wx1\nAda,13900000000,,\n"
    found = looked(text, create=True)
    listed |= {name for each in found.lines[:2] for name in each.known_as}
    told = looked(text, create=True)
    assert [bool(each.problems) for each in told.lines] == [True, True, False]
    assert "were erased" in str(told.lines[0].problems[0].en)
    # Asked for before the erasure, done after it.
    owner = done(system, unit, found)
    run(key=owner.pk, now=NOW)
    assert list(Member.objects.filter(name__in=("Li", "Wu", "Ada")).values_list("name", flat=True)) == ["Ada"]
