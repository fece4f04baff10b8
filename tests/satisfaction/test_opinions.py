"""Opinions noted, taken back and read; complaints taken care of; and the labels they lead to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qunyu.flows.labelling import label
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Denied, Scope
from qunyu.members.merging import merge, unmerge
from qunyu.members.models import Identity, Label, Member
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from qunyu.satisfaction.complaints import Done, complaints, handle, handling, steps_of
from qunyu.satisfaction.models import Complaint, Opinion
from qunyu.satisfaction.opinions import Said, find_opinion, note, opinions, opinions_of, withdraw
from qunyu.satisfaction.queries import content, dimension
from tests.deployment_fixtures import NOW, AddStaff, ImportFile

HOUR = timedelta(hours=1)
ORDERS = "order_id,customer_id,customer_name,ordered_at,amount\n" + "".join(
    f"{n},m1,Meilin,2026-03-0{n} 10:00:00,12.35\n" for n in (2, 3, 4)
)


def say(system: Scope, who: Member, kind: str = "complaint", **told: Any) -> Opinion:
    told = {"at": NOW, "text": "茶凉了", **told}
    return note(by=system, member=who, said=Said(kind, **told), now=NOW)


@pytest.mark.parametrize(
    ("kind", "told", "score"),
    [("complaint", {}, 0), ("praise", {}, 100), ("rating", {"stars": 4, "text": ""}, 75)],
)
def test_what_somebody_said_is_kept_with_its_score(
    system: Scope, mei: Member, kind: str, told: Any, score: int
) -> None:
    row = say(system, mei, kind, about="订单 7", **told)
    assert (row.score, row.about, row.kind) == (score, "订单 7", kind)
    assert Complaint.objects.filter(opinion=row).exists() == (kind == "complaint")
    assert [each.pk for each in opinions_of(mei)] == [row.pk]
    entry = AuditEntry.objects.get(action="opinion.add")
    assert (entry.object_id, entry.data) == (str(mei.pk), {"opinion": row.pk})


@pytest.mark.parametrize(
    ("kind", "told", "field"),
    [
        ("survey", {}, "kind"),
        ("rating", {"stars": None}, "stars"),
        ("rating", {"stars": 6}, "stars"),
        ("praise", {"text": " "}, "text"),
        ("complaint", {"text": "x" * 2001}, "text"),
        ("praise", {"about": "x" * 121}, "about"),
        ("praise", {"at": NOW + timedelta(days=2)}, "at"),
    ],
)
def test_bad_ones_name_the_field_and_keep_nothing(system: Scope, mei: Member, kind: str, told: Any, field: str) -> None:
    with pytest.raises(DomainError) as caught:
        say(system, mei, kind, **told)
    assert (caught.value.code, caught.value.data["field"]) == ("bad_opinion", field)
    assert not Opinion.objects.exists()


def test_who_may_not_edit_the_person_may_not_note(mei: Member, staff: AddStaff, other_unit: Unit, unit: Unit) -> None:
    for who in (staff("afar", "owner", other_unit), staff("looker", "auditor", unit)):
        with pytest.raises(Denied):
            say(scope_of(who), mei)
    assert not Opinion.objects.exists()


def test_others_do_not_see_it(system: Scope, mei: Member, staff: AddStaff, other_unit: Unit, unit: Unit) -> None:
    row = say(system, mei)
    afar, here = scope_of(staff("afar", "owner", other_unit)), scope_of(staff("here", "admin", unit))
    assert not opinions(afar).exists()
    with pytest.raises(DomainError, match="没有编号为"):
        find_opinion(afar, row.public_id)
    found = find_opinion(here, row.public_id)
    assert (found.head, found.head_id) == ("Mei", mei.public_id)  # type: ignore[attr-defined]
    assert not opinions(Scope(here.actor)).exists()


def test_taking_back_and_noting_again(system: Scope, mei: Member) -> None:
    row = say(system, mei)
    assert withdraw(by=system, opinion=row, back=False, now=NOW)
    assert not withdraw(by=system, opinion=row, back=False, now=NOW)
    assert (opinions(system).count(), complaints(system).count(), len(opinions_of(mei))) == (0, 0, 1)
    with pytest.raises(DomainError, match="不是投诉"):
        handle(by=system, opinion=find_opinion(system, row.public_id), done=Done("take"), now=NOW)
    assert withdraw(by=system, opinion=row, back=True, now=NOW)
    assert opinions(system).count() == 1


def test_a_complaint_from_the_first_answer_to_the_end(system: Scope, mei: Member) -> None:
    row = say(system, mei)
    for number, done in enumerate(
        (Done("take"), Done("answer", "马上换"), Done("settle", "换了一杯", content=True)), 1
    ):
        handle(by=system, opinion=row, done=done, now=NOW + number * HOUR)
    row.refresh_from_db()
    assert (row.score, row.complaint.state, row.complaint.content) == (50, "settled", True)
    assert [each.did for each in steps_of(row)] == ["take", "answer", "settle"]
    found = handling(system, since=NOW - HOUR)
    assert (found.count, found.open, found.answered, found.ended, found.content) == (1, 0, 1, 1, 1)
    assert (found.to_answer, found.to_end) == (2 * HOUR, 3 * HOUR)
    handle(by=system, opinion=row, done=Done("reopen"), now=NOW + 4 * HOUR)
    row.refresh_from_db()
    assert (row.score, row.complaint.state, row.complaint.ended_at) == (0, "working", None)
    assert complaints(system, state="open").count() == 1


def test_steps_that_are_not_possible(system: Scope, mei: Member) -> None:
    row = say(system, mei)
    with pytest.raises(DomainError, match="不能“重新打开”"):
        handle(by=system, opinion=row, done=Done("reopen"), now=NOW)
    with pytest.raises(DomainError, match="说了什么"):
        handle(by=system, opinion=row, done=Done("answer"), now=NOW)
    with pytest.raises(DomainError, match="不是投诉"):
        handle(by=system, opinion=say(system, mei, "praise"), done=Done("take"), now=NOW)
    assert not steps_of(row)


def test_a_merged_person_said_it_and_un_merging_gives_it_back(system: Scope, mei: Member) -> None:
    tom = Member.objects.get(name="Tom")
    row = say(system, tom)
    merge(by=system, one=mei, other=tom, now=NOW)
    head = Identity.objects.get(own_member=tom).member
    assert [each.pk for each in opinions_of(head)] == [row.pk]
    assert dimension(system).to_pylist() == [
        {"member": head.pk, "day": NOW.date(), "score": 0, "kind": "complaint", "likely": None}
    ]
    unmerge(by=system, member=head, identities=[Identity.objects.get(own_member=tom).pk], now=NOW)
    assert [len(opinions_of(each)) for each in (mei, tom)] == [0, 1]


def test_figures_of_some_time(system: Scope, mei: Member) -> None:
    say(system, mei, "praise", at=NOW - timedelta(days=100))
    say(system, mei)
    say(system, mei, "rating", stars=4)
    found = content(system, since=NOW - timedelta(days=90), until=NOW + HOUR)
    assert (found.score, found.people, found.ratings, found.praise, found.complaints) == (37.5, 1, 1, 0, 1)
    nobody = content(system, since=NOW + HOUR, until=NOW + 2 * HOUR)
    assert (nobody.score, nobody.people) == (None, 0)


def test_complaints_lower_the_satisfaction_of_the_user_type(system: Scope, import_file: ImportFile, unit: Unit) -> None:
    import_file("orders.csv", ORDERS, unit, yields="orders")
    buyer = Member.objects.get(name="Meilin")
    label(now=NOW)
    before = Label.objects.get(member=buyer, key="user_type").figures
    say(system, buyer)
    label(now=NOW, members=[buyer.pk])
    after = Label.objects.get(member=buyer, key="user_type").figures
    assert '"satisfaction":80' in before.replace(".0", "").replace(" ", "")
    assert '"satisfaction":67' in after.replace(".0", "").replace(" ", "")
