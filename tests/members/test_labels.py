"""Labels as they are kept: what a computation writes, and what each scope reads of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from qunyu.commerce.models import Order
from qunyu.communities.models import Community
from qunyu.insights.label import labels
from qunyu.insights.labelling import KEPT, Changes
from qunyu.kernel.actor import Actor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.members import labels as module
from qunyu.members.labels import (
    forget_labels_of_nobody,
    history_of,
    kept,
    labelled_as,
    labels_of,
    last_run,
    members_of_units,
    mix,
    put_labels,
    values_of,
)
from qunyu.members.models import Identity, Label, LabelRun, Member, Membership, PastLabel
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from tests.deployment_fixtures import NOW

pytestmark = pytest.mark.django_db

FIGURES: dict[str, dict[str, Any]] = {
    "tier": {
        **dict.fromkeys(("active_messages", "contributing_answers", "professional_answers", "tier_silence"), 12.0),
        **{"spoken_30": 3.5, "answers_30": 0.0, "answer_days": 0, "last_day": "2026-03-01"},
    },
    "stage": {
        **{"first_day": "2026-03-01", "invited": 0, "orders": 2, "spoken_days": 4, "spoken_span": 9},
        **{"retention_after": 7.0, "retention_days": 3.0},
    },
}
ORDINARY, ACTIVE, CONTRIBUTING = ("ordinary", 5), ("active", 4), ("contributing", 3)
REVENUE, RETENTION = ("revenue", 1), ("retention", 2)


def day(number: int) -> date:
    return date(2026, 3, number)


def row(member: Member, value: tuple[str, int], unit: Unit, label: str = "tier", **figures: Any) -> dict[str, Any]:
    told = json.dumps({**FIGURES[label], **figures})
    return {
        "label": label,
        "member": member.pk,
        "unit": unit.pk,
        "value": value[0],
        "rule": value[1],
        "figures": told,
    }


def changes(as_of: int | None, *put: dict[str, Any], gone: tuple[tuple[Member, str], ...] = ()) -> Changes:
    """What a computation over data up to that day of March found."""
    return Changes(
        day(as_of) if as_of else None,
        pa.Table.from_pylist(list(put), KEPT),
        pa.Table.from_pylist(
            [{"label": label, "member": member.pk} for member, label in gone],
            pa.schema([("label", pa.string()), ("member", pa.int64())]),
        ),
    )


Person = Callable[..., Member]
Place = Callable[[str, Unit], Community]
Keep = Callable[..., int]


@pytest.fixture
def place(db: None) -> Place:
    """A community in a unit."""
    return lambda name, unit: Community.objects.create(platform="wechat", key=name, name=name, unit=unit)


@pytest.fixture
def person(db: None) -> Person:
    """A member seen in communities."""

    def make(name: str, *places: Community) -> Member:
        member = Member.objects.create(name=name)
        identity = Identity.objects.create(member=member, own_member=member, platform="wechat", key=name, name=name)
        for each in places:
            Membership.objects.create(identity=identity, community=each, first_at=NOW, last_at=NOW)
        return member

    return make


@pytest.fixture
def keep(system: Scope) -> Keep:
    """Keeps what was found."""
    return lambda *found, **more: put_labels(by=system, changes=changes(*found, **more), people=None, now=NOW)


@pytest.fixture
def mei(person: Person, place: Place, unit: Unit) -> Member:
    """Seen in the community "tea" of 华东店."""
    return person("Mei", place("tea", unit))


def now_of(member: Member) -> list[tuple[str, str, date]]:
    return sorted(Label.objects.filter(member=member).values_list("key", "value", "since"))


def past_of(member: Member) -> list[tuple[str, str, date, date]]:
    rows = PastLabel.objects.filter(member=member).order_by("since", "key")
    return list(rows.values_list("key", "value", "since", "until"))


def told(member: Member) -> list[tuple[str, int, int]]:
    """The history of the tier with the present at its end, as days of March: 0 is "until now"."""
    past = [(value, since.day, until.day) for _, value, since, until in past_of(member)]
    return [*past, *((value, since.day, 0) for _, value, since in now_of(member))]


# --- writing


def test_a_new_label(mei: Member, unit: Unit, keep: Keep, system: Scope) -> None:
    assert keep(5, row(mei, ORDINARY, unit), row(mei, REVENUE, unit, "stage")) == 1
    assert now_of(mei) == [("stage", "revenue", day(5)), ("tier", "ordinary", day(5))]
    assert past_of(mei) == []
    run = last_run()
    assert run
    assert (run.at, run.as_of, run.people, run.changed) == (NOW, day(5), None, 1)
    assert kept(None).to_pylist() == kept([mei.pk]).to_pylist()
    assert sorted(kept([mei.pk]).to_pylist(), key=lambda each: each["label"]) == [
        row(mei, REVENUE, unit, "stage"),
        row(mei, ORDINARY, unit),
    ]
    assert kept([]).num_rows == 0


def test_other_figures_leave_the_day_since_when(mei: Member, unit: Unit, other_unit: Unit, keep: Keep) -> None:
    keep(5, row(mei, ORDINARY, unit))
    changed = row(mei, ("ordinary", 1), other_unit, last_day="2026-03-08")
    assert keep(9, changed) == 0
    assert told(mei) == [("ordinary", 5, 0)]
    assert kept(None).to_pylist() == [changed]


def test_another_value_is_history(mei: Member, unit: Unit, keep: Keep, system: Scope) -> None:
    keep(5, row(mei, ORDINARY, unit))
    assert keep(9, row(mei, ACTIVE, unit, spoken_30=14.0)) == 1
    keep(12, row(mei, CONTRIBUTING, unit))
    assert told(mei) == [("ordinary", 5, 9), ("active", 9, 12), ("contributing", 12, 0)]
    latest, first = history_of(system, mei)
    assert (latest.value, latest.since, latest.until) == ("active", day(9), day(12))
    assert latest.reason
    assert latest.reason.en == "14.0 real messages per 30 days (bar 12), 0.0 answers"
    assert (first.value, first.until) == ("ordinary", day(9))


def test_what_changed_within_one_day_was_never_so(mei: Member, unit: Unit, keep: Keep) -> None:
    keep(5, row(mei, ORDINARY, unit))
    keep(9, row(mei, ACTIVE, unit))
    assert keep(9, row(mei, CONTRIBUTING, unit)) == 1
    assert told(mei) == [("ordinary", 5, 9), ("contributing", 9, 0)]


def test_what_changed_and_changed_back_within_one_day_never_changed(mei: Member, unit: Unit, keep: Keep) -> None:
    keep(5, row(mei, ORDINARY, unit))
    keep(9, row(mei, ACTIVE, unit))
    keep(9, row(mei, ORDINARY, unit))
    assert told(mei) == [("ordinary", 5, 0)]


def test_a_new_label_that_changes_within_its_first_day(mei: Member, unit: Unit, keep: Keep) -> None:
    keep(5, row(mei, ORDINARY, unit))
    keep(5, row(mei, ACTIVE, unit))
    assert told(mei) == [("active", 5, 0)]


def test_data_that_were_undone_take_their_history_along(mei: Member, unit: Unit, keep: Keep) -> None:
    keep(5, row(mei, ORDINARY, unit))
    keep(9, row(mei, ACTIVE, unit))
    keep(20, row(mei, CONTRIBUTING, unit))
    keep(12, row(mei, ACTIVE, unit))
    assert told(mei) == [("ordinary", 5, 9), ("active", 9, 0)]
    keep(7, row(mei, ORDINARY, unit))
    assert told(mei) == [("ordinary", 5, 0)]
    keep(2)
    assert told(mei) == [("ordinary", 2, 0)]


def test_nothing_to_change_leaves_everything(mei: Member, unit: Unit, keep: Keep) -> None:
    keep(5, row(mei, ORDINARY, unit))
    before = told(mei)
    assert keep(5) == 0
    assert keep(9, row(mei, ORDINARY, unit)) == 0
    assert keep(9, row(mei, ORDINARY, unit)) == 0
    assert told(mei) == before
    assert LabelRun.objects.count() == 4


def test_labels_that_are_gone_stay_in_the_history(mei: Member, unit: Unit, keep: Keep) -> None:
    keep(5, row(mei, ORDINARY, unit), row(mei, REVENUE, unit, "stage"))
    assert keep(9, gone=((mei, "tier"),)) == 0
    assert now_of(mei) == [("stage", "revenue", day(5))]
    assert past_of(mei) == [("tier", "ordinary", day(5), day(9))]
    keep(9, row(mei, ORDINARY, unit))
    assert told(mei)[1:] == [("ordinary", 5, 0)]
    assert past_of(mei) == []


def test_labels_go_when_there_are_no_data_any_more(mei: Member, unit: Unit, keep: Keep) -> None:
    keep(5, row(mei, ORDINARY, unit))
    assert keep(None, gone=((mei, "tier"),)) == 0
    assert told(mei) == []
    assert LabelRun.objects.count() == 1


def test_members_who_went_meanwhile_get_nothing(mei: Member, unit: Unit, keep: Keep) -> None:
    gone = row(mei, ORDINARY, unit) | {"member": mei.pk + 1}
    assert keep(5, row(mei, ORDINARY, unit), gone) == 1
    assert Label.objects.count() == 1


def test_many_in_chunks(unit: Unit, keep: Keep, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 3)
    people = [person(f"p{number}") for number in range(4)]
    first = [row(each, value, unit, key) for each in people for key, value in (("tier", ORDINARY), ("stage", REVENUE))]
    assert keep(5, *first) == 4
    assert keep(9, *(row(each, ACTIVE, unit) for each in people)) == 4
    assert keep(12, gone=tuple((each, "stage") for each in people)) == 0
    for each in people:
        assert now_of(each) == [("tier", "active", day(9))]
        assert [(key, since, until) for key, _, since, until in past_of(each)] == [
            ("stage", day(5), day(12)),
            ("tier", day(5), day(9)),
        ]


def test_whoever_may_not_import_writes_nothing(mei: Member, unit: Unit, keep: Keep) -> None:
    keep(5, row(mei, ORDINARY, unit))
    nobody = Scope(Actor("staff", 7, "Lin"), {"members.view": frozenset({unit.pk})})
    with pytest.raises(Denied):
        put_labels(by=nobody, changes=changes(9, row(mei, ACTIVE, unit)), people=None, now=NOW)
    Member.objects.update(role="staff")
    with pytest.raises(Denied):
        forget_labels_of_nobody(by=nobody)
    assert told(mei) == [("ordinary", 5, 0)]


def test_labels_of_nobody_are_forgotten(mei: Member, unit: Unit, keep: Keep, person: Person, system: Scope) -> None:
    boss, merged = person("boss"), person("merged")
    keep(5, *(row(each, ORDINARY, unit) for each in (mei, boss, merged)))
    Member.objects.filter(pk=boss.pk).update(role="staff")
    Identity.objects.filter(member=merged).update(member=mei)
    forget_labels_of_nobody(by=system)
    assert [told(each) for each in (mei, boss, merged)] == [[("ordinary", 5, 0)], [], []]


def test_members_of_units(mei: Member, unit: Unit, other_unit: Unit, keep: Keep, person: Person) -> None:
    tom = person("Tom")
    keep(5, row(mei, ORDINARY, unit), row(mei, REVENUE, unit, "stage"), row(tom, ORDINARY, other_unit))
    assert list(members_of_units([unit.pk])) == [mei.pk]
    assert sorted(members_of_units([unit.pk, other_unit.pk])) == sorted([mei.pk, tom.pk])
    assert list(members_of_units([])) == []


# --- reading


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
    assert mix(here, [place("far", other_unit).pk])["tier"]["active"] == 0
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
