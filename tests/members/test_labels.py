"""Labels as they are kept: what a computation writes."""

from __future__ import annotations

from datetime import date

import pytest

from qunyu.kernel.actor import Actor
from qunyu.kernel.scope import Denied, Scope
from qunyu.members import labels as module
from qunyu.members.labels import (
    forget_labels_of_nobody,
    history_of,
    kept,
    last_run,
    members_of_units,
    put_labels,
)
from qunyu.members.models import Identity, Label, LabelRun, Member, PastLabel
from qunyu.people.models import Unit
from tests.deployment_fixtures import NOW
from tests.members.conftest import (
    ACTIVE,
    CONTRIBUTING,
    ORDINARY,
    REVENUE,
    Keep,
    Person,
    changes,
    day,
    row,
)

pytestmark = pytest.mark.django_db


def now_of(member: Member) -> list[tuple[str, str, date]]:
    return sorted(Label.objects.filter(member=member).values_list("key", "value", "since"))


def past_of(member: Member) -> list[tuple[str, str, date, date]]:
    rows = PastLabel.objects.filter(member=member).order_by("since", "key")
    return list(rows.values_list("key", "value", "since", "until"))


def told(member: Member) -> list[tuple[str, int, int]]:
    """The history of the tier with the present at its end, as days of March: 0 is "until now"."""
    past = [(value, since.day, until.day) for _, value, since, until in past_of(member)]
    return [*past, *((value, since.day, 0) for _, value, since in now_of(member))]


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
