"""Who saw whom: every look at people leaves one entry, and nobody reads more in it than they may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from qunyu.communities.models import Community
from qunyu.kernel.personal import holders
from qunyu.kernel.scope import Denied, system_scope
from qunyu.members.merging import merge
from qunyu.members.models import Member
from qunyu.members.personal import person_of
from qunyu.people.actions import add_role, grant
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from qunyu.privacy import retaining
from qunyu.privacy.looking import Wanted, looks, names
from qunyu.privacy.models import AccessEntry, Period
from qunyu.privacy.viewing import LISTS, OF_NOBODY, PERSON, PERSON_IN_API, SLOT, Look, note
from tests.access_operations import API
from tests.access_pages import CONSOLE
from tests.console.conftest import read
from tests.deployment_fixtures import NOW, AddStaff, SignedIn

ABOUT_PEOPLE = {"members.view", "members.edit", "members.reveal", "points.edit", "privacy.manage"}


def test_whatever_may_tell_of_people_says_whether_it_does() -> None:
    assert {*PERSON, *LISTS, *OF_NOBODY} <= {door.name for door in (*CONSOLE, *API)}
    for door in (*CONSOLE, *API):
        known = [door.name in names for names in (PERSON, LISTS, OF_NOBODY)]
        asks = door.method == "get" and bool(ABOUT_PEOPLE & set(door.needs))
        assert sum(known) == 1 or (not asks and not any(known)), f"privacy.viewing: does {door.name} tell of people?"
        if known[0] and door.method == "get" and door.name not in PERSON_IN_API:
            assert next(iter(door.address)) in ("public_id", "id"), door.name


@pytest.fixture
def mei(tea: Community) -> Member:
    return Member.objects.get(name="Mei")


def told() -> list[tuple[str, str, str, int | None]]:
    rows = AccessEntry.objects.order_by("id")
    return [(each.via, each.page, each.person, each.shown) for each in rows]


def test_a_look_is_kept_once_and_a_search_as_a_hash(
    mei: Member, staff: AddStaff, signed_in: SignedIn, unit: Unit
) -> None:
    owner = signed_in(staff("owner", "owner", unit))
    now = timezone.now()
    # Both requests fall into one slot, or the second into the next.
    for _ in range(2):
        assert owner.get(f"/members/{mei.public_id}").status_code == 200
    assert owner.get("/members/nobody").status_code == 404
    assert 1 <= AccessEntry.objects.filter(page="member", person=mei.public_id).count() <= 2
    owner.get("/members?q=Mei")
    file = owner.get("/members?q=mei&export=csv")
    assert b"Mei" in b"".join(file.streaming_content)  # type: ignore[attr-defined]
    owner.get("/api/v1/members?search=Mei")
    found = AccessEntry.objects.exclude(searched="")
    assert {(each.via, each.page, each.shown) for each in found} == {("console", "members", 1), ("api", "members", 1)}
    assert len({each.searched for each in found}) == 1
    assert "Mei" not in repr(list(found.values()))
    assert all(each.at >= now and each.actor_name == "Owner" for each in found)
    owner.get(f"/api/v1/members/{mei.public_id}/contacts")
    assert told()[-1] == ("api", "contacts", mei.public_id, 0)
    owner.get("/communities")
    owner.get("/api/v1/communities")
    assert {each.page for each in AccessEntry.objects.all()} == {"member", "members", "contacts"}


def test_the_same_account_leaves_one_entry_in_ten_minutes(mei: Member, staff: AddStaff, unit: Unit) -> None:
    owner, admin = (scope_of(staff(role, role, unit)) for role in ("owner", "admin"))
    start = NOW.replace(minute=0)
    for by, seconds in ((owner, 0), (owner, SLOT - 1), (owner, SLOT), (admin, 1)):
        note(by, Look("member", "console", mei.public_id), start + timedelta(seconds=seconds))
    assert AccessEntry.objects.count() == 3


def test_whoever_sees_the_trail_finds_looks_by_person_account_and_search(
    mei: Member, staff: AddStaff, signed_in: SignedIn, unit: Unit, other_unit: Unit
) -> None:
    owner, auditor = scope_of(staff("owner", "owner", unit)), staff("checker", "auditor")
    note(owner, Look("member", "console", mei.public_id), NOW)
    note(owner, Look("members", "console", "", "Mei  Lin", 3), NOW)
    by, system = scope_of(auditor), system_scope("tests")
    for scope, wanted, count in (
        (system, Wanted(text="Mei"), 1), (by, Wanted(text="mei lin"), 1), (by, Wanted(text="owner"), 2),
        (by, Wanted(person=mei.public_id), 1), (by, Wanted(person="nobody"), 0), (by, Wanted(page="profile"), 0),
        (by, Wanted(via="api"), 0), (by, Wanted(days=1), 0),
    ):  # fmt: skip
        assert looks(scope, wanted, NOW + timedelta(days=2)).count() == count, wanted
    assert names(system, [mei.public_id, ""]) == {mei.public_id: "Mei"}
    for role, where in (("owner", unit), ("director", other_unit)):
        with pytest.raises(Denied):
            looks(scope_of(staff(f"{role}2", role, where)), Wanted(), NOW)


def test_an_auditor_reads_no_names_beyond_their_units(
    mei: Member, staff: AddStaff, signed_in: SignedIn, unit: Unit, other_unit: Unit
) -> None:
    system, account = system_scope("tests"), staff("checker", "owner", other_unit)
    add_role(by=system, name_zh="查账", permissions=["audit.view"], code="trail", now=NOW)
    grant(by=system, staff=account, role="trail", unit=root_unit(), now=NOW)
    note(scope_of(staff("owner", "owner", unit)), Look("member", "console", mei.public_id), timezone.now())
    checker, boss = signed_in(account), signed_in(staff("boss", "director"))
    blind, seeing = read(checker.get("/settings/audit/views")), read(boss.get("/settings/audit/views"))
    assert "（不在您的范围内）" in blind and "Owner" in blind
    assert (mei.public_id in blind, mei.public_id in seeing) == (False, True)
    assert (">Mei<" in blind, ">Mei<" in seeing) == (False, True)
    assert "Owner" not in read(checker.get("/settings/audit/views?q=Mei", headers={"HX-Request": "true"}))
    file = checker.get("/settings/audit/views?export=csv")
    csv = b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Owner" in csv and "Mei" not in csv
    (item,) = checker.get("/api/v1/audit/views").json()["items"]
    assert (item["person"], item["by"], item["searched"]) == (mei.public_id, "Owner", False)
    assert "谁看过此人" in read(boss.get(f"/members/{mei.public_id}"))
    one = read(boss.get(f"/settings/audit/views?person={mei.public_id}"))
    assert "成员主页" in one and "Owner" in one


def test_a_merged_person_is_found_by_all_they_were_and_counted_by_role(
    mei: Member, staff: AddStaff, unit: Unit
) -> None:
    system, tom = system_scope("tests"), Member.objects.get(name="Tom")
    owner = scope_of(staff("owner", "owner", unit))
    for each in (mei, tom):
        note(owner, Look("member", "console", each.public_id), NOW)
    merge(by=system, one=mei, other=tom, why="same", now=NOW)
    assert looks(system, Wanted(person=mei.public_id), NOW).count() == 2
    person = person_of(mei)
    assert holders()["views"].count(person) == 2
    assert holders()["views"].export(person) == [{"role": "owner", "page": "member", "times": 2}]


def test_young_looks_stay_and_old_ones_go_after_their_period(mei: Member, staff: AddStaff, unit: Unit) -> None:
    now = timezone.now()
    assert Period.objects.get(kind="views").days == 180
    owner = scope_of(staff("owner", "owner", unit))
    for days in (0, 29, 200):
        note(owner, Look("member", "console", mei.public_id), now - timedelta(days=days))
    for act in ("update", "delete"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows = AccessEntry.objects.filter(at__gt=now - timedelta(days=30))
            rows.update(page="members") if act == "update" else rows._raw_delete("default")
    assert retaining.enforce(now=now)["views"] == 1
    assert AccessEntry.objects.count() == 2


def test_nothing_is_told_when_the_look_cannot_be_kept(
    mei: Member, boss_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DatabaseError("full")

    monkeypatch.setattr("qunyu.console.middleware.note", fail)
    with pytest.raises(DatabaseError):
        boss_client.get(f"/members/{mei.public_id}")


@pytest.fixture
def boss_client(staff: AddStaff, signed_in: SignedIn) -> Client:
    return signed_in(staff("boss", "director"))
