"""The list of members along an index says what the whole query says, page by page."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db.models import F, QuerySet
from django.http import QueryDict

from qunyu.console.lists import Column, Listing
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members import listing
from qunyu.members.listing import LATEST, Listed
from qunyu.members.models import Identity, Member, Membership, Tag, Tagging, TagGroup
from qunyu.members.queries import Wanted, members
from qunyu.members.tag_filtering import Tagged
from qunyu.people.models import Unit
from tests.deployment_fixtures import NOW
from tests.members.conftest import Person, Place

SHOW = (Column[Member]("last_at", Words("最后", "Last"), lambda row: row.name, sort="last_at"),)


@pytest.fixture
def crowd(person: Person, place: Place, unit: Unit, other_unit: Unit) -> list[Member]:
    """Forty people in three communities, one of another unit, many last active at one moment; some are one person."""
    random, places = Random(4), [place("tea", unit), place("cup", unit), place("far", other_unit)]
    people = [person(f"P{number}", *random.sample(places, random.randint(1, 3))) for number in range(40)]
    for row in Membership.objects.all():
        row.last_at = NOW - timedelta(days=random.randint(0, 6))
        row.left_at = random.choice([None, None, row.last_at])
        row.save()
    for joined, into in zip(people[:5], people[5:10], strict=True):
        Identity.objects.filter(member=joined).update(member=into)
    return people


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """So little is read at a time that most pages take several goes."""
    monkeypatch.setattr(listing, "AHEAD", 1)
    monkeypatch.setattr(listing, "FEW", 0)


def whole(scope: Scope, wanted: Wanted) -> list[Member]:
    return list(ordered(scope, wanted))


def ordered(scope: Scope, wanted: Wanted) -> QuerySet[Member]:
    rows: Any = members(scope, wanted)
    found: QuerySet[Member] = rows.order_by(F("last_at").desc(nulls_last=True), "-pk")
    return found


@pytest.mark.usefixtures("small")
def test_pages_are_those_of_the_whole_list(system: Scope, unit: Unit, crowd: list[Member]) -> None:
    near = Scope(system.actor, {"members.view": frozenset({unit.pk})})
    tag = Tag.objects.create(group=TagGroup.objects.create(unit=unit, name="kind"), name="VIP")
    carriers = [Tagging(tag=tag, member=each, act="", source="hand", at=NOW) for each in crowd[10:18]]
    Tagging.objects.bulk_create(carriers)
    cup = list(Membership.objects.filter(community__name="cup").values_list("community", flat=True)[:1])
    asked = (
        Wanted(),
        Wanted(present=True),
        Wanted(communities=cup),
        Wanted(text="p1"),
        Wanted(tags=Tagged([tag], "any")),
        Wanted(tags=Tagged([tag], "none"), present=True),
        Wanted(text="nobody"),
        Wanted(outside=True),
    )
    for scope in (system, near, Scope(system.actor, {})):
        for wanted in asked:
            expected = whole(scope, wanted)
            listed = Listed(scope, wanted, ordered(scope, wanted), LATEST)
            assert listed.count() == len(expected)
            assert listed.at_most(7) == min(len(expected), 7)
            for first in (0, 3, 20):
                found, those = listed[first : first + 5], expected[first : first + 5]
                assert [(row.pk, row.last_at, row.messages, row.communities) for row in found] == [  # type: ignore[attr-defined]
                    (row.pk, row.last_at, row.messages, row.communities)  # type: ignore[attr-defined]
                    for row in those
                ]


@pytest.mark.usefixtures("crowd", "small")
def test_a_long_list_is_counted_only_when_asked(system: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Listed, "counted", 30)
    monkeypatch.setattr(listing, "QUICK", 3)
    every = ordered(system, Wanted())

    def put(address: str) -> Listing[Member]:
        return Listing[Member](SHOW, QueryDict(address), LATEST).put(Listed(system, Wanted(), every, LATEST))

    for address, counted, more in (("", 30, True), ("count=all", 35, False), ("page=2", 35, False)):
        found = put(address)
        assert found.page is not None
        assert (found.page.paginator.count, found.more) == (counted, more)
    monkeypatch.setattr(Listed, "counted", 35)
    assert not put("").more
    monkeypatch.undo()
    assert not put("").more
