"""Favours and recommendations: whom to ask, the ask under the cap, its result, and whom it brought."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qunyu.care.asks import (
    Result,
    Wish,
    ask_favour,
    asks,
    candidates,
    measure_brought,
    note_brought,
    note_result,
    reasons_for,
    tallies,
)
from qunyu.care.models import Brought, FavourAsk
from qunyu.commerce.models import Order
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Scope
from qunyu.members.models import Contact, Identity, Label, Member
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
    lin, tom, before = person("Lin", tea), person("Tom", tea), person("Before", tea)
    row = ask_favour(by=admin, member=mei, wish=WISH, now=NOW)
    far = person("Far", place("runners", other_unit))
    assert note_brought(by=admin, ask=row, member=lin, now=NOW + DAY)
    assert not note_brought(by=admin, ask=row, member=lin, now=NOW + DAY)
    for member, code in ((mei, "bad_ask"), (far, "denied")):
        with pytest.raises(DomainError) as raised:
            note_brought(by=admin, ask=row, member=member, now=NOW)
        assert raised.value.code == code
    told = [(mei.pk, lin.pk, NOW + DAY), (mei.pk, tom.pk, NOW + 2 * DAY), (mei.pk, before.pk, NOW - DAY)]
    assert (measure_brought(told), measure_brought(told)) == (1, 0)
    assert set(Brought.objects.values_list("member__name", "measured")) == {("Lin", False), ("Tom", True)}
    identity = Identity.objects.get(own_member=tom)
    for at in (NOW + DAY, NOW + 3 * DAY):
        order = {"unit": unit, "reference": str(at), "fact_id": "", "customer": identity, "ordered_at": at}
        Order.objects.create(**order, amount=100, currency="CNY", status="paid")
    note_result(by=admin, ask=row, result=Result("did"), now=NOW)
    found = {each.kind: each for each in tallies(system, asks(system))}["recommendation"]
    assert (found.asked, found.agreed, found.did, found.waiting, found.brought, found.bought) == (1, 1, 1, 0, 2, 1)
    assert tallies(admin, asks(admin))[-1].bought is None
    stranger = scope_of(staff("far", "director", other_unit))
    assert sum(each.asked for each in tallies(stranger, asks(stranger))) == 0
    assert note_brought(by=admin, ask=row, member=lin, away=True, now=NOW)
    assert Brought.objects.count() == 1


def test_whom_to_ask_now_and_why(
    system: Scope, admin: Scope, mei: Member, person: Person, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opinions, "load", lambda: None)
    monkeypatch.setattr(opinions, "label_anew", lambda *_: None)
    tea = mei.identities.get().memberships.get().community
    sour, asked, plain = person("Sour", tea), person("Asked", tea), person("Plain", tea)
    for member in (mei, sour, asked):
        told = {"rule": 1, "figures": "{}", "unit_id": unit.pk, "since": NOW.date()}
        Label.objects.create(member=member, key="tier", value="contributing", **told)
    opinions.note(by=system, member=mei, said=opinions.Said("rating", NOW - DAY, 5), now=NOW)
    opinions.note(by=system, member=sour, said=opinions.Said("complaint", NOW - DAY, text="凉了"), now=NOW)
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
