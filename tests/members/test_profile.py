"""Profiles: written, sealed, masked, read through all identities, undone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Scope
from qunyu.members import merging, profile
from qunyu.members.fields import add_field, archive_field, delete_field, edit_field, fields_in, filled, move_field
from qunyu.members.merging import merge, take_back
from qunyu.members.models import Field, Identity, Mark, Member, ProfileEntry
from qunyu.members.profile import Answer, change, history, prefer, reveal, withdraw
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from tests.deployment_fixtures import NOW, AddStaff
from tests.members.conftest import Person, Place

TODAY = date(2026, 3, 20)
PHONE = "13800000000"


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Which members are labelled anew."""
    found: list[Any] = []
    monkeypatch.setattr(merging, "enqueue", lambda name, **told: found.append(told["members"]))
    return found


@pytest.fixture
def ann(person: Person, place: Place, unit: Unit) -> Member:
    return person("Ann", place("runners", unit))


def put(by: Scope, member: Member, at: Any = NOW, **changes: str) -> list[str]:
    return change(by=by, member=member, changes=changes, now=at, today=TODAY)


def answers(scope: Scope, member: Member, **how: Any) -> dict[str, Answer]:
    return {each.field.key: each for each in profile.profile(scope, member, **how)}


def texts(scope: Scope, member: Member, **how: Any) -> dict[str, str]:
    return {key: each.text.en for key, each in answers(scope, member, **how).items() if each.text}


def head_of(member: Member) -> Member:
    return Identity.objects.get(own_member=member).member


def test_what_is_written_is_there_and_sensitive_values_are_sealed_and_masked(system: Scope, mei: Member) -> None:
    assert put(system, mei, real_name="林小满", phone=PHONE, region="上海", birthday="2月29日") == [
        "real_name", "phone", "region", "birthday",
    ]  # fmt: skip
    assert texts(system, mei) == {
        "real_name": "林**", "birthday": "****-**-**", "phone": "138****0000", "region": "上海",
    }  # fmt: skip
    assert texts(system, mei, reveal=True)["phone"] == PHONE
    kept = {each.field: each for each in ProfileEntry.objects.all()}
    assert (kept["region"].value, kept["region"].sealed) == ("上海", False)
    assert all(kept[key].sealed for key in ("real_name", "phone", "birthday"))
    assert PHONE not in kept["phone"].value
    entry = AuditEntry.objects.get(action="member.profile")
    assert entry.data == {"fields": ["real_name", "phone", "region", "birthday"]}


def test_the_same_again_changes_nothing(system: Scope, mei: Member) -> None:
    put(system, mei, phone=PHONE, region="上海")
    assert put(system, mei, phone="138 0000 0000", region="上海 ", note="") == []
    assert ProfileEntry.objects.count() == 2


def test_a_wrong_value_is_named_and_nothing_is_written(system: Scope, mei: Member) -> None:
    for changes, code, place in (
        ({"region": "上海", "phone": "138****0000"}, "bad_value", "phone"),
        ({"region": "上海", "shoe": "38"}, "unknown_field", "shoe"),
    ):
        with pytest.raises(DomainError) as raised:
            put(system, mei, **changes)
        assert (raised.value.code, raised.value.data["field"]) == (code, place)
    assert not ProfileEntry.objects.exists()


def test_merged_people_keep_both_values_and_come_apart_with_their_own(system: Scope, mei: Member, ann: Member) -> None:
    put(system, mei, region="上海", occupation="教师")
    put(system, ann, at=NOW + timedelta(hours=1), region="杭州")
    made = merge(by=system, one=mei, other=ann, now=NOW)
    head = head_of(ann)
    assert head == mei
    found = answers(system, head)["region"]
    assert (str(found.text), [each.text.en for each in found.also]) == ("杭州", ["上海"])
    assert texts(system, head)["occupation"] == "教师"
    assert prefer(by=system, member=head, entry=found.also[0].entry, now=NOW + timedelta(hours=2))
    now_found = answers(system, head)["region"]
    assert (str(now_found.text), [each.text.en for each in now_found.also]) == ("上海", ["杭州"])
    take_back(by=system, decisions=[made], now=NOW)
    assert texts(system, ann) == {"region": "杭州"}
    assert texts(system, mei) == {"region": "上海", "occupation": "教师"}


def test_what_is_written_on_a_merged_person_stays_with_the_head(system: Scope, mei: Member, ann: Member) -> None:
    made = merge(by=system, one=mei, other=ann, now=NOW)
    put(system, mei, region="上海")
    take_back(by=system, decisions=[made], now=NOW)
    assert (texts(system, mei), texts(system, ann)) == ({"region": "上海"}, {})


def test_a_change_is_taken_back_and_made_again_in_any_order(system: Scope, mei: Member) -> None:
    for hour, region in enumerate(("上海", "杭州", "苏州")):
        put(system, mei, at=NOW + timedelta(hours=hour), region=region)
    steps = history(system, mei)
    assert [(each.before.en, each.told.text.en) for each in steps] == [("杭州", "苏州"), ("上海", "杭州"), ("", "上海")]
    assert withdraw(by=system, member=mei, entry=steps[1].told.entry, now=NOW)
    assert texts(system, mei) == {"region": "苏州"}
    assert withdraw(by=system, member=mei, entry=steps[0].told.entry, now=NOW)
    assert texts(system, mei) == {"region": "上海"}
    assert not withdraw(by=system, member=mei, entry=steps[0].told.entry, now=NOW)
    assert withdraw(by=system, member=mei, entry=steps[0].told.entry, back=True, now=NOW)
    assert texts(system, mei) == {"region": "苏州"}
    assert [each.withdrawn for each in history(system, mei)] == [False, True, False]


def test_a_typed_phone_makes_one_person_and_its_undo_two(
    system: Scope, mei: Member, ann: Member, asked: list[Any]
) -> None:
    put(system, mei, phone=PHONE)
    assert asked == []
    put(system, ann, phone=f"+86 {PHONE}")
    assert head_of(ann) == mei
    assert asked == [[mei.pk, ann.pk]]
    assert [(each.kind, each.supplied_by_id) for each in Mark.objects.all()] == [("phone", None)] * 2
    mine = next(each for each in history(system, mei) if each.told.own == ann.pk)
    withdraw(by=system, member=mei, entry=mine.told.entry, now=NOW)
    assert head_of(ann) == ann
    put(system, mei, at=NOW + timedelta(hours=1), phone="13900000000")
    assert Mark.objects.count() == 1


def test_revealing_needs_the_permission_and_a_reason_and_is_kept(
    system: Scope, mei: Member, staff: AddStaff, unit: Unit, other_unit: Unit
) -> None:
    put(system, mei, phone=PHONE)
    owner = scope_of(staff("owner", "owner", unit))
    for by, reason, code in (
        (scope_of(staff("admin", "admin", unit)), "call back", "denied"),
        (scope_of(staff("far", "owner", other_unit)), "call back", "denied"),
        (owner, " ", "reason_needed"),
        (owner, "x" * 201, "reason_needed"),
    ):
        with pytest.raises(DomainError) as raised:
            reveal(by=by, member=mei, reason=reason, now=NOW)
        assert raised.value.code == code
    assert not AuditEntry.objects.filter(action="member.reveal").exists()
    found = {each.field.key: each for each in reveal(by=owner, member=mei, reason="call back", now=NOW).answers}
    assert str(found["phone"].text) == PHONE
    entry = AuditEntry.objects.get(action="member.reveal")
    ids = list(Identity.objects.filter(member=mei).values_list("pk", flat=True))
    assert (entry.reason, entry.object_id, entry.data) == (
        "call back",
        str(mei.pk),
        {
            "fields": ["phone"],
            "ids": ids,
        },
    )


def test_editing_is_denied_where_one_may_not(
    system: Scope, mei: Member, staff: AddStaff, unit: Unit, other_unit: Unit
) -> None:
    put(system, mei, region="上海")
    entry = ProfileEntry.objects.get()
    entries = AuditEntry.objects.count()
    for role, where in (("auditor", unit), ("admin", other_unit), ("", unit)):
        by = scope_of(staff(f"{role}{where.pk}", role, where))
        before = AuditEntry.objects.count()
        for attempt in (
            lambda by=by: put(by, mei, region="杭州"),
            lambda by=by: withdraw(by=by, member=mei, entry=entry.pk, now=NOW),
            lambda by=by: prefer(by=by, member=mei, entry=entry.pk, now=NOW),
        ):
            with pytest.raises(DomainError) as raised:
                attempt()
            assert raised.value.code == "denied"
        assert AuditEntry.objects.count() == before
    assert entries < AuditEntry.objects.count()
    assert texts(system, mei) == {"region": "上海"}


def test_a_units_field_is_for_its_people_and_those_below(
    system: Scope, mei: Member, person: Person, place: Place, unit: Unit, other_unit: Unit
) -> None:
    add_field(by=system, unit=unit, key="tea", kind="choices", now=NOW, name_zh="爱喝", options=["绿茶", "白茶"])
    add_field(
        by=system,
        unit=root_unit(),
        key="level",
        kind="number",
        now=NOW,
        name_zh="等级",
        name_en="Level",
        least="1",
        most="5",
    )
    far = person("Far", place("far", other_unit))
    assert put(system, mei, tea="白茶", level="3") == ["tea", "level"]
    assert texts(system, mei) == {"tea": "白茶", "level": "3"}
    for changes, code in (({"tea": "白茶"}, "unknown_field"), ({"level": "6"}, "bad_value")):
        with pytest.raises(DomainError) as raised:
            put(system, far, **changes)
        assert raised.value.code == code
    assert put(system, far, level="5") == ["level"]


def test_fields_show_where_people_may_be_seen(system: Scope, staff: AddStaff, unit: Unit, other_unit: Unit) -> None:
    add_field(by=system, unit=unit, key="tea", kind="text", now=NOW, name_zh="爱喝")
    keys = [
        [each.key for each in fields_in(scope_of(staff(f"a{where.pk}", "admin", where)))][9:]
        for where in (unit, other_unit)
    ]
    assert keys == [["tea"], []]


def test_a_field_that_becomes_sensitive_is_sealed_with_what_it_holds(system: Scope, mei: Member, unit: Unit) -> None:
    field = add_field(by=system, unit=unit, key="tea", kind="text", now=NOW, name_zh="爱喝")
    put(system, mei, tea="白茶")
    edit_field(by=system, field=field, now=NOW, sensitive=True, name_en="Tea")
    assert ProfileEntry.objects.get().sealed
    assert texts(system, mei) == {"tea": "******"}
    assert texts(system, mei, reveal=True) == {"tea": "白茶"}


def test_fields_are_ordered_archived_and_deleted_only_with_the_name(system: Scope, mei: Member, unit: Unit) -> None:
    tea = add_field(by=system, unit=unit, key="tea", kind="text", now=NOW, name_zh="爱喝")
    cup = add_field(by=system, unit=unit, key="cup", kind="text", now=NOW, name_zh="杯子")

    def keys() -> list[str]:
        return [each.key for each in fields_in(system)][9:]

    assert keys() == ["tea", "cup"]
    move_field(by=system, field=cup, down=False, now=NOW)
    assert keys() == ["cup", "tea"]
    put(system, mei, tea="白茶")
    archive_field(by=system, field=tea, archived=True, now=NOW)
    assert (keys(), texts(system, mei)) == (["cup"], {})
    archive_field(by=system, field=tea, archived=False, now=NOW)
    assert texts(system, mei) == {"tea": "白茶"}
    with pytest.raises(DomainError) as raised:
        delete_field(by=system, field=tea, typed="", now=NOW)
    assert (raised.value.code, filled(tea)) == ("name_needed", 1)
    assert delete_field(by=system, field=tea, typed="爱喝", now=NOW) == 1
    assert delete_field(by=system, field=cup, typed="", now=NOW) == 0
    assert not Field.objects.exists()
    assert not ProfileEntry.objects.exists()


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"key": "Tea"}, "key"), ({"key": "t"}, "key"), ({"key": "phone"}, "key"), ({"kind": "colour"}, "kind"),
        ({"name_zh": ""}, "name_zh"), ({"name_zh": "x" * 61}, "name_zh"), ({"kind": "choice"}, "options"),
        ({"kind": "choice", "options": ["a,b"]}, "options"), ({"kind": "number", "least": "few"}, "least"),
        ({"kind": "date", "most": "2026"}, "most"), ({"help": "x" * 201}, "help"),
    ],
)  # fmt: skip
def test_a_field_that_makes_no_sense_is_refused(system: Scope, unit: Unit, told: dict[str, Any], place: str) -> None:
    wanted = {"key": "tea", "kind": "text", "name_zh": "爱喝", **told}
    with pytest.raises(DomainError) as raised:
        add_field(by=system, unit=unit, now=NOW, **wanted)
    assert raised.value.data["field"] == place
    assert not Field.objects.exists()


def test_fields_are_changed_only_where_settings_are(
    system: Scope, staff: AddStaff, unit: Unit, other_unit: Unit
) -> None:
    field = add_field(by=system, unit=unit, key="tea", kind="text", now=NOW, name_zh="爱喝")
    before = list(Field.objects.values())
    for by in (scope_of(staff("admin", "admin", unit)), scope_of(staff("far", "owner", other_unit))):
        for attempt in (
            lambda by=by: add_field(by=by, unit=unit, key="cup", kind="text", now=NOW, name_zh="杯子"),
            lambda by=by: edit_field(by=by, field=field, now=NOW, name_zh="别的"),
            lambda by=by: archive_field(by=by, field=field, archived=True, now=NOW),
            lambda by=by: move_field(by=by, field=field, down=True, now=NOW),
            lambda by=by: delete_field(by=by, field=field, typed="爱喝", now=NOW),
        ):
            with pytest.raises(DomainError) as raised:
                attempt()
            assert raised.value.code == "denied"
    assert list(Field.objects.values()) == before
