"""Leave: of everybody at once the gate says what it says of each, in as many statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qunyu.kernel.scope import Scope
from qunyu.members import leave
from qunyu.members.contact_caps import change_caps
from qunyu.members.contacting import Touch, claim, claim_many
from qunyu.members.leave import closed, may_contact, reasons
from qunyu.members.models import Contact, Identity, Member
from qunyu.members.quiet import keep_quiet
from qunyu.people.models import Unit
from qunyu.privacy import consents
from qunyu.satisfaction import opinions
from tests.deployment_fixtures import NOW
from tests.members.conftest import Person, Place

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SOLD, LIGHT = Touch("hand", "direct", "新茶", selling=True), Touch("hand", "direct", "您好")


@pytest.fixture
def everybody(
    system: Scope, person: Person, place: Place, unit: Unit, other_unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Member]:
    """Two for each thing that the gate asks about, and two of whom nothing is known; the cap of coffee is stricter."""
    for module in (consents, opinions):
        monkeypatch.setattr(module, "load", lambda: None)
    monkeypatch.setattr(opinions, "label_anew", lambda *_: None)
    tea, coffee = place("tea", unit), place("coffee", other_unit)
    change_caps(by=system, unit=other_unit, changes={"contact.most": 1}, now=NOW)
    found = {}
    for name in ("quiet", "consent", "complaint", "role", "sold", "full", "once", "nothing"):
        for number, where in enumerate((tea, coffee)):
            found[f"{name}{number}"] = who = person(f"{name}{number}", where)
            _do(system, name, who)
    return found


def _do(system: Scope, name: str, who: Member) -> None:
    if name == "quiet":
        keep_quiet(by=system, member=who, reason="asked", now=NOW)
    elif name == "consent":
        consents.note(by=system, members=[who], said=consents.Said("marketing", "refused"), at=NOW, now=NOW)
    elif name == "complaint":
        opinions.note(by=system, member=who, said=opinions.Said("complaint", NOW, text="凉了"), now=NOW)
    elif name == "role":
        Member.objects.filter(pk=who.pk).update(role="staff")
    elif name == "sold":
        claim(by=system, member=who, touch=SOLD, now=NOW)
    elif name in ("full", "once"):
        Contact.objects.bulk_create(
            Contact(
                member=who,
                at=NOW - DAY,
                written_at=NOW,
                direction="out",
                standing="within",
                channel="call",
                summary="x",
            )
            for _ in range(2 if name == "full" else 1)
        )


def test_of_everybody_at_once_it_says_what_it_says_of_each(
    everybody: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [each.pk for each in everybody.values()]
    for told in ({}, {"selling": True}, {"selling": True, "at_leisure": True}):
        single = {key: found for each in keys for key, found in may_contact([each], NOW, **told).items()}
        assert may_contact(keys, NOW, **told) == single
        with monkeypatch.context() as patch:
            patch.setattr(leave, "MANY", 0)
            assert may_contact(keys, NOW, **told) == single
    codes = {name: single[who.pk].code for name, who in everybody.items()}
    assert codes == {
        **{f"{name}{number}": name for name in ("quiet", "consent", "complaint", "role") for number in (0, 1)},
        "sold0": "selling_cap", "sold1": "selling_cap", "full0": "cap", "full1": "cap", "once0": "", "once1": "cap",
        "nothing0": "", "nothing1": "",
    }  # fmt: skip


def test_who_may_not_be_sold_to_by_why(everybody: dict[str, Member]) -> None:
    keys = {each.pk: name for name, each in everybody.items()}
    found = closed(keys, NOW, one_to_one=True)
    assert found.keys() == reasons().keys()
    told = {code: {keys[each].rstrip("01") for each in gone} for code, gone in found.items()}
    assert told == {
        "quiet": {"quiet"}, "consent": {"consent"}, "complaint": {"complaint"}, "role": {"role"}, "selling_cap": {"sold"},
        "cap": {"full", "once"},
    }  # fmt: skip
    told = {
        code: {keys[each].rstrip("01") for each in gone} for code, gone in closed(keys, NOW, one_to_one=False).items()
    }
    assert told == {code: {code} for code in ("consent", "complaint", "role")}


def test_whom_one_may_not_sell_to_one_may_speak_with(system: Scope, everybody: dict[str, Member]) -> None:
    for name in ("complaint0", "role0"):
        who = everybody[name]
        assert [may_contact([who.pk], NOW, selling=each)[who.pk].allowed for each in (False, True)] == [True, False]
        assert claim(by=system, member=who, touch=LIGHT, now=NOW).standing == "planned"


@pytest.mark.parametrize("many", [20_000, 0])
def test_many_take_as_many_statements_as_few(
    everybody: dict[str, Member], many: int, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(leave, "MANY", many)
    few = [each.pk for each in everybody.values()]
    made = Member.objects.bulk_create([Member(name=f"P{number}") for number in range(2_000)])
    Identity.objects.bulk_create(
        [Identity(member=each, own_member=each, platform="qq", key=each.name, name=each.name) for each in made]
    )
    for people in (few, [each.pk for each in made] + few):
        with django_assert_max_num_queries(13):
            may_contact(people, NOW, selling=True)


def test_places_are_taken_in_bulk_and_only_whom_somebody_was_faster_with_is_missing(
    system: Scope, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    made = Member.objects.bulk_create([Member(name=f"P{number}") for number in range(600)])
    Identity.objects.bulk_create(
        [Identity(member=each, own_member=each, platform="qq", key=each.name, name=each.name) for each in made]
    )

    keys = [each.pk for each in made]
    asked = may_contact(keys, NOW, selling=True)
    late = made[17]
    claim(by=system, member=late, touch=SOLD, now=NOW)
    monkeypatch.setattr(
        "qunyu.members.contacting.may_contact", lambda *_, **__: asked if len(_[0]) > 1 else may_contact(*_, **__)
    )
    with django_assert_max_num_queries(120):
        found = claim_many(by=system, members=keys, touch=SOLD, now=NOW)
    assert found.keys() == set(keys) - {late.pk}
    assert Contact.objects.count() == 600 and all(each.pk for each in found.values())
