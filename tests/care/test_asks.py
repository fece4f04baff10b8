"""Favours and recommendations: whom to ask, the ask under the cap, its result, and whom it brought."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qunyu.care.asks import (
    Result,
    Wish,
    ask_favour,
    asks,
    candidates,
    note_result,
    reasons_for,
)
from qunyu.care.brought import measure_brought, note_brought, take_brought_away, tallies
from qunyu.care.models import Brought, FavourAsk
from qunyu.commerce.models import Order
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.personal import holders, kinds
from qunyu.kernel.scope import Scope
from qunyu.members import merging
from qunyu.members.contacts import remove_contact
from qunyu.members.models import Contact, Identity, Label, Member
from qunyu.members.personal import person_of
from qunyu.members.quiet import keep_quiet
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from qunyu.satisfaction import opinions
from tests.deployment_fixtures import NOW, AddStaff
from tests.members.conftest import Person, Place

WISH = Wish("recommendation", "有朋友也喜欢茶吗？")
DAY = timedelta(days=1)


@pytest.fixture
def admin(staff: AddStaff, unit: Unit) -> Scope:
    return scope_of(staff("admin", "admin", unit))


@pytest.mark.parametrize(
    ("wish", "field"), [(Wish("money", "借点钱"), "kind"), (Wish("photo", " "), "what"), (Wish("photo", "x" * 201), "what"), (Wish("photo", "x", "pigeon"), "channel")]
)  # fmt: skip
def test_an_ask_that_makes_no_sense(admin: Scope, mei: Member, wish: Wish, field: str) -> None:
    with pytest.raises(DomainError) as raised:
        ask_favour(by=admin, member=mei, wish=wish, now=NOW)
    assert raised.value.data["field"] == field
    assert not Contact.objects.exists()


def test_an_ask_is_a_contact_its_result_is_kept_and_nobody_is_asked_again(admin: Scope, mei: Member) -> None:
    keep_quiet(by=admin, member=mei, reason="asked", until=NOW.date() + DAY, now=NOW)
    with pytest.raises(DomainError) as raised:
        ask_favour(by=admin, member=mei, wish=WISH, now=NOW)
    assert raised.value.code == "may_not_contact"
    now = NOW + DAY
    row = ask_favour(by=admin, member=mei, wish=WISH, now=now)
    assert Contact.objects.get().feature == "ask"
    with pytest.raises(DomainError) as raised:
        ask_favour(by=admin, member=mei, wish=Wish("photo", "晒一张"), now=now + 8 * DAY)
    assert (raised.value.code, raised.value.data["field"]) == ("bad_ask", "member")
    assert (FavourAsk.objects.count(), Contact.objects.count()) == (1, 1)
    for result, field in (
        (Result("maybe"), "outcome"),
        (Result("did", thanks="gold"), "thanks"),
        (Result("did", "x" * 201), "note"),
    ):
        with pytest.raises(DomainError) as raised:
            note_result(by=admin, ask=row, result=result, now=now)
        assert raised.value.data["field"] == field
    assert note_result(by=admin, ask=row, result=Result("agreed", "下周问", "word"), now=now)
    assert not note_result(by=admin, ask=row, result=Result("agreed", "下周问", "word"), now=now)
    assert AuditEntry.objects.filter(action="ask.result").count() == 1


def test_whom_it_brought_by_hand_and_found_in_the_data(
    system: Scope,
    admin: Scope,
    mei: Member,
    person: Person,
    unit: Unit,
    staff: AddStaff,
    other_unit: Unit,
    place: Place,
) -> None:
    tea = mei.identities.get().memberships.get().community
    lin, tom, before, late = (person(name, tea) for name in ("Lin", "Tom", "Before", "Late"))
    row = ask_favour(by=admin, member=mei, wish=WISH, now=NOW)
    far = person("Far", place("runners", other_unit))
    assert note_brought(by=admin, ask=row, member=lin, now=NOW + DAY)
    assert not note_brought(by=admin, ask=row, member=lin, now=NOW + DAY)
    for member, code in ((mei, "bad_ask"), (far, "denied")):
        with pytest.raises(DomainError) as raised:
            note_brought(by=admin, ask=row, member=member, now=NOW)
        assert raised.value.code == code
    told = [(mei.pk, lin.pk, NOW + DAY), (mei.pk, tom.pk, NOW + 2 * DAY), (mei.pk, before.pk, NOW - DAY)]
    told.append((mei.pk, late.pk, NOW + 61 * DAY))
    assert (measure_brought(told, days=60), measure_brought(told, days=60)) == (1, 0)
    assert set(Brought.objects.values_list("member__name", "measured")) == {("Lin", False), ("Tom", True)}
    identity = Identity.objects.get(own_member=tom)
    for at in (NOW + DAY, NOW + 3 * DAY):
        order = {"unit": unit, "reference": str(at), "fact_id": "", "customer": identity, "ordered_at": at}
        Order.objects.create(**order, amount=100, currency="CNY", status="paid")
    note_result(by=admin, ask=row, result=Result("did"), now=NOW)
    found = {each.kind: each for each in tallies(system, asks(system))}["recommendation"]
    assert (found.asked, found.agreed, found.did, found.waiting) == (1, 1, 1, 0)
    assert (found.brought, found.measured, found.bought) == (2, 1, 1)
    assert tallies(admin, asks(admin))[-1].bought is None
    stranger = scope_of(staff("far", "director", other_unit))
    assert sum(each.asked for each in tallies(stranger, asks(stranger))) == 0
    # Taken away it stays away, whatever the data say.
    for member in (lin, tom):
        assert take_brought_away(by=admin, ask=row, member=member, now=NOW)
    assert not take_brought_away(by=admin, ask=row, member=tom, now=NOW)
    assert (measure_brought(told, days=60), tallies(system, asks(system))[-1].brought) == (0, 0)


def test_one_person_brought_is_one_and_only_recommendations_bring(
    system: Scope, mei: Member, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "enqueue", lambda *_, **__: "")
    tea = mei.identities.get().memberships.get().community
    lin, twin, tom, zed = (person(name, tea) for name in ("Lin", "Twin", "Tom", "Zed"))
    ask, other = (ask_favour(by=system, member=each, wish=WISH, now=NOW) for each in (mei, tom))
    assert note_brought(by=system, ask=ask, member=lin, came=NOW.date() + DAY, now=NOW + 3 * DAY)
    assert Brought.objects.get().at == datetime(2026, 3, 20, 16, tzinfo=UTC)
    note_brought(by=system, ask=ask, member=twin, now=NOW)
    note_brought(by=system, ask=other, member=lin, now=NOW)
    merging.merge(by=system, one=lin, other=twin, now=NOW)
    assert tallies(system, asks(system))[-1].brought == 1
    photo = ask_favour(by=system, member=zed, wish=Wish("photo", "晒一张"), now=NOW)
    refused = ((photo, None, "kind"), (other, NOW.date() - DAY, "came"), (other, NOW.date() + DAY, "came"))
    for row, came, field in refused:
        with pytest.raises(DomainError) as raised:
            note_brought(by=system, ask=row, member=zed if row is other else tom, came=came, now=NOW)
        assert (raised.value.code, raised.value.data["field"]) == ("bad_ask", field)
    # Who said no, or nothing, brought nobody.
    note_result(by=system, ask=ask, result=Result("silent"), now=NOW)
    assert measure_brought([(mei.pk, zed.pk, NOW + DAY)], days=60) == 0


def test_an_ask_goes_with_its_contact_and_is_in_the_persons_copy(admin: Scope, mei: Member) -> None:
    row = ask_favour(by=admin, member=mei, wish=WISH, now=NOW)
    note_result(by=admin, ask=row, result=Result("did"), now=NOW + DAY)
    note_result(by=admin, ask=row, result=Result("did", "", "word", "送到办公室"), now=NOW + 9 * DAY)
    assert row.outcome_at == NOW + DAY
    favours = holders()["favours"]
    assert "送到办公室" in str(favours.export(person_of(mei)))
    assert (kinds()["favours"].count(NOW), kinds()["favours"].count(NOW + DAY)) == (0, 1)
    FavourAsk.objects.filter(pk=row.pk).update(asked_at=NOW)
    remove_contact(by=admin, contact=Contact.objects.get(), now=NOW + timedelta(minutes=5))
    assert not FavourAsk.objects.exists()
    ask_favour(by=admin, member=mei, wish=WISH, now=NOW)


def test_whom_to_ask_now_and_why(
    system: Scope, admin: Scope, mei: Member, person: Person, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opinions, "load", lambda: None)
    monkeypatch.setattr(opinions, "label_anew", lambda *_: None)
    tea = mei.identities.get().memberships.get().community
    sour, asked, plain, old = (person(name, tea) for name in ("Sour", "Asked", "Plain", "Old"))
    for member in (mei, sour, asked, old):
        told = {"rule": 1, "figures": "{}", "unit_id": unit.pk, "since": NOW.date()}
        Label.objects.create(member=member, key="tier", value="contributing", **told)
    opinions.note(by=system, member=mei, said=opinions.Said("rating", NOW - DAY, 5), now=NOW)
    opinions.note(by=system, member=sour, said=opinions.Said("complaint", NOW - DAY, text="凉了"), now=NOW)
    opinions.note(by=system, member=old, said=opinions.Said("complaint", NOW - 370 * DAY, text="还没人理"), now=NOW)
    ask_favour(by=admin, member=asked, wish=WISH, now=NOW - DAY)
    found = list(candidates(admin, now=NOW))
    assert [each.name for each in found] == ["Mei"]
    (mine,) = reasons_for(admin, found, NOW)
    assert [each.en for each in mine.reasons] == [
        "a contributor or more",
        "satisfaction 100 (1)",
        "not asked for 60 days",
    ]
    assert plain not in found
