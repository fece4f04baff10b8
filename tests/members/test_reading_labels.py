"""Labels as they are kept: what each scope reads of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from qunyu.commerce.models import Order
from qunyu.communities.models import Community
from qunyu.insights.label import labels
from qunyu.kernel.actor import Actor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.members.labels import (
    history_of,
    labelled_as,
    labels_of,
    mix,
    values_of,
)
from qunyu.members.models import Label, Member, Membership, PastLabel
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from tests.members.conftest import (
    ACTIVE,
    ORDINARY,
    RETENTION,
    REVENUE,
    Keep,
    Person,
    Place,
    row,
)

pytestmark = pytest.mark.django_db


def somebody(**allowed: tuple[Unit, ...]) -> Scope:
    """May do that at those units; "." is written "_"."""
    held = {name.replace("_", "."): frozenset(unit.pk for unit in units) for name, units in allowed.items()}
    return Scope(Actor("staff", 7, "Lin"), held)


def read(scope: Scope, member: Member) -> dict[str, str]:
    """The labels that `scope` reads of `member`, by every way the same."""
    found = {each.key: each.value for each in labels_of(scope, member)}
    assert values_of(scope, [member.pk]).get(member.pk, {}) == found
    for key, value in (("tier", "ordinary"), ("stage", "revenue")):
        assert labelled_as(scope, key, value).filter(member=member).exists() == (found.get(key) == value)
    there = set(Membership.objects.filter(identity__member=member).values_list("community", flat=True))
    counted = {(key, value) for key, counts in mix(scope, there).items() for value, n in counts.items() if n}
    assert counted == (set(found.items()) if there else set())
    past = {each.key: each.value for each in history_of(scope, member)}
    assert past.keys() == found.keys()
    return found


TIER, BOTH = {"tier": "ordinary"}, {"tier": "ordinary", "stage": "revenue"}


@pytest.fixture
def labelled(mei: Member, unit: Unit, keep: Keep) -> Member:
    """Mei, ordinary and revenue, with a history of both."""
    keep(2, row(mei, ACTIVE, unit), row(mei, RETENTION, unit, "stage"))
    keep(5, row(mei, ORDINARY, unit), row(mei, REVENUE, unit, "stage"))
    return mei


def test_the_system_reads_everything(labelled: Member, system: Scope) -> None:
    assert read(system, labelled) == BOTH
    reasons = [each.reason.en for each in labels_of(system, labelled) if each.reason]
    assert reasons == ["3.5 real messages per 30 days (below 12)", "2 paid orders"]


def test_without_members_view_nothing_shows(labelled: Member, unit: Unit) -> None:
    everywhere = (root_unit(), unit)
    for scope in (somebody(), somebody(communities_view=everywhere, orders_view=everywhere)):
        assert read(scope, labelled) == {}
        assert mix(scope) == {}


def test_members_of_another_unit_do_not_show(labelled: Member, other_unit: Unit) -> None:
    scope = somebody(members_view=(other_unit,), orders_view=(other_unit,))
    assert read(scope, labelled) == {}
    assert set(mix(scope)["tier"].values()) == {0}


def test_without_orders_view_tiers_show_but_what_tells_of_orders_does_not(labelled: Member, unit: Unit) -> None:
    scope = somebody(members_view=(unit,))
    assert read(scope, labelled) == TIER
    needing = {key for key, label in labels().items() if label.needs}
    assert needing == {"stage", "user_type"}
    assert mix(scope).keys() == labels().keys() - needing


def test_with_orders_view_where_the_member_is_everything_shows(labelled: Member, unit: Unit, other_unit: Unit) -> None:
    assert read(somebody(members_view=(unit,), orders_view=(unit,)), labelled) == BOTH
    assert read(somebody(members_view=(unit, other_unit), orders_view=(unit,)), labelled) == BOTH


def test_orders_view_that_does_not_cover_the_members_communities(
    labelled: Member, unit: Unit, other_unit: Unit
) -> None:
    assert read(somebody(members_view=(unit, other_unit), orders_view=(other_unit,)), labelled) == TIER
    assert read(somebody(members_view=(unit,), orders_view=(other_unit,)), labelled) == TIER


def test_reasons_hide_where_their_figures_speak_of_what_lies_outside(
    person: Person, place: Place, unit: Unit, other_unit: Unit, keep: Keep
) -> None:
    tom = person("Tom", place("here", unit), place("there", other_unit))
    root = root_unit()
    keep(2, row(tom, ACTIVE, root), row(tom, RETENTION, root, "stage"))
    keep(5, row(tom, ORDINARY, root), row(tom, REVENUE, root, "stage"))
    part = somebody(members_view=(unit,), orders_view=(unit,))
    assert read(part, tom) == BOTH
    assert [each.reason for each in (*labels_of(part, tom), *history_of(part, tom))] == [None] * 4
    whole = somebody(members_view=(root, unit, other_unit), orders_view=(unit,))
    found = {each.key: each.reason for each in labels_of(whole, tom)}
    assert found["tier"]
    assert found["stage"] is None
    everything = somebody(members_view=(root, unit, other_unit), orders_view=(root, unit, other_unit))
    assert all(each.reason for each in (*labels_of(everything, tom), *history_of(everything, tom)))


def test_buyers_in_no_community_show_where_their_orders_are(
    person: Person, unit: Unit, other_unit: Unit, keep: Keep
) -> None:
    buyer = person("buyer")
    Order.objects.create(
        unit=unit,
        reference="1",
        customer=buyer.identities.get(),
        ordered_at=datetime(2026, 3, 1, tzinfo=UTC),
        amount=100,
        currency="CNY",
        status="paid",
    )
    keep(2, row(buyer, ACTIVE, unit), row(buyer, RETENTION, unit, "stage"))
    keep(5, row(buyer, ORDINARY, unit), row(buyer, REVENUE, unit, "stage"))
    assert read(somebody(members_view=(unit,), orders_view=(unit,)), buyer) == BOTH
    assert read(somebody(members_view=(unit, other_unit), orders_view=(unit,)), buyer) == BOTH
    assert read(somebody(members_view=(unit,)), buyer) == {}
    assert read(somebody(members_view=(unit,), orders_view=(other_unit,)), buyer) == {}
    assert read(somebody(members_view=(other_unit,), orders_view=(other_unit,)), buyer) == {}


def test_the_mix_counts_each_once_and_nobody_as_zero(
    labelled: Member, unit: Unit, other_unit: Unit, keep: Keep, person: Person, place: Place, system: Scope
) -> None:
    tom = person("Tom", place("one", unit), place("two", unit))
    lin = person("Lin", place("far", other_unit))
    keep(6, row(tom, ACTIVE, unit), row(lin, ACTIVE, other_unit))
    assert mix(system)["tier"] == {
        "ordinary": 1,
        "active": 2,
        "contributing": 0,
        "professional": 0,
    }
    here = somebody(members_view=(unit,), orders_view=(unit,))
    assert mix(here)["tier"]["active"] == 1
    assert mix(here, [Community.objects.get(name="far").pk])["tier"]["active"] == 0
    assert set(mix(system, [])["tier"].values()) == {0}


def test_labels_of_an_earlier_release_are_left_out(labelled: Member, system: Scope) -> None:
    """A value, a rule or a whole label that is no more."""
    Label.objects.filter(key="tier").update(rule=99)
    Label.objects.filter(key="stage").update(key="mood")
    PastLabel.objects.filter(key="stage").update(key="mood")
    (found,) = labels_of(system, labelled)
    assert (found.key, found.reason) == ("tier", None)
    assert [each.key for each in history_of(system, labelled)] == ["tier"]


def test_unknown_labels_and_values_are_told(system: Scope) -> None:
    with pytest.raises(DomainError) as raised:
        labelled_as(system, "mood", "good")
    assert raised.value.code == "unknown_label"
    with pytest.raises(DomainError) as raised:
        labelled_as(system, "tier", "good")
    assert raised.value.code == "unknown_label_value"
