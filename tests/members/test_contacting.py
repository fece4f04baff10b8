"""The gate: who may be contacted, what refuses, what passes, and that nothing gets around it."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Scope
from qunyu.members import merging
from qunyu.members.contact_caps import change_caps
from qunyu.members.contacting import Touch, claim, claim_many, take_back
from qunyu.members.contacts import edit_contact, note_contact, remove_contact
from qunyu.members.leave import Leave, may_contact
from qunyu.members.merging import merge
from qunyu.members.models import Contact, Member
from qunyu.members.quiet import end_quiet, keep_quiet
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from qunyu.privacy import consents
from qunyu.satisfaction import opinions
from tests.deployment_fixtures import NOW, AddStaff
from tests.members.conftest import Person, Place

LIGHT, SELLING = Touch("care", "direct", "生日快乐"), Touch("care", "direct", "新茶到了", selling=True)
ANSWER = Touch("care", "direct", "好的", answering=True)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "enqueue", lambda *_, **__: "")


@pytest.fixture
def ann(person: Person, place: Place, unit: Unit) -> Member:
    return person("Ann", place("runners", unit))


@pytest.fixture
def admin(staff: AddStaff, unit: Unit) -> Scope:
    return scope_of(staff("admin", "admin", unit))


def leave(member: Member, *, selling: bool = False, days: float = 0) -> Leave:
    return may_contact([member.pk], NOW + days * DAY, selling=selling)[member.pk]


def refused(by: Scope, member: Member, touch: Touch = LIGHT, passing: str = "", days: float = 0) -> DomainError:
    before = Contact.objects.count()
    with pytest.raises(DomainError) as raised:
        claim(by=by, member=member, touch=touch, passing=passing, now=NOW + days * DAY)
    assert Contact.objects.count() == before
    return raised.value


def test_two_a_week_one_of_fourteen_days_sells_and_then_it_says_from_when(admin: Scope, mei: Member) -> None:
    assert leave(mei).allowed
    claim(by=admin, member=mei, touch=SELLING, now=NOW)
    assert leave(mei).allowed
    assert (leave(mei, selling=True).code, leave(mei, selling=True).possible_at) == ("selling_cap", NOW + 14 * DAY)
    claim(by=admin, member=mei, touch=LIGHT, now=NOW + DAY)
    found = leave(mei, days=2)
    assert (found.code, found.counted, found.selling_counted, found.possible_at) == ("cap", 2, 1, NOW + 7 * DAY)
    error = refused(admin, mei, days=2)
    assert (error.code, error.data["reason"]) == ("may_not_contact", "cap")
    assert "2026-03-27 12:00 起可以联系" in str(error)
    assert leave(mei, days=7).allowed


def test_from_when_it_is_possible_is_when_all_caps_and_the_quiet_hours_are_over(admin: Scope, mei: Member) -> None:
    told: dict[str, Any] = {"channel": "call", "direction": "out", "summary": "问候", "now": NOW}
    note_contact(by=admin, member=mei, at=NOW - 13.5 * DAY, selling=True, **told)
    for _ in range(2):
        note_contact(by=admin, member=mei, at=NOW - timedelta(hours=1), **told)
    assert (leave(mei, selling=True).code, leave(mei, selling=True).possible_at) == (
        "cap",
        NOW + 7 * DAY - timedelta(hours=1),
    )
    Contact.objects.all().delete()
    # At 23:00 there: seven days later it is night again.
    for _ in range(2):
        note_contact(by=admin, member=mei, at=NOW - timedelta(hours=13), **told)
    assert leave(mei).possible_at == NOW + 7 * DAY - timedelta(hours=3)


def test_merged_people_are_contacted_as_one(system: Scope, mei: Member, ann: Member) -> None:
    for each in (mei, ann):
        claim(by=system, member=each, touch=LIGHT, now=NOW)
    merge(by=system, one=mei, other=ann, now=NOW)
    assert leave(mei).counted == 2
    assert refused(system, mei).data["reason"] == "cap"


def test_quiet_hours_are_waited_for_unless_a_person_hands_it_over(admin: Scope, mei: Member) -> None:
    night = NOW + timedelta(hours=10)
    found = may_contact([mei.pk], night)[mei.pk]
    assert (found.code, found.possible_at) == ("quiet_hours", NOW + timedelta(hours=21))
    assert list(claim_many(by=admin, members=[mei.pk], touch=LIGHT, now=night)) == []
    leisure = Touch("survey", "direct", "问卷", at_leisure=True)
    assert list(claim_many(by=admin, members=[mei.pk], touch=leisure, now=night)) == [mei.pk]


def test_the_quiet_list_and_a_refused_consent_stop_everything_but_answers(
    admin: Scope, system: Scope, mei: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consents, "load", lambda: None)
    keep_quiet(by=admin, member=mei, reason="asked", until=NOW.date() + 3 * DAY, now=NOW)
    assert (leave(mei).code, leave(mei).passable, leave(mei, days=3).code) == ("quiet", False, "")
    assert refused(system, mei, passing="急事").data["reason"] == "quiet"
    assert end_quiet(by=admin, member=mei, now=NOW)
    assert not end_quiet(by=admin, member=mei, now=NOW)
    for state, code in (("refused", "consent"), ("granted", ""), ("withdrawn", "consent")):
        at = NOW - DAY + timedelta(minutes=AuditEntry.objects.count())
        consents.note(by=admin, members=[mei], said=consents.Said("marketing", state), at=at, now=NOW)
        assert leave(mei).code == code
    assert refused(admin, mei, ANSWER).code == "nothing_to_answer"
    note_contact(by=admin, member=mei, at=NOW - DAY, channel="direct", direction="in", summary="有货吗", now=NOW)
    assert claim(by=admin, member=mei, touch=ANSWER, now=NOW).standing == "answer"
    assert leave(mei).counted == 0


def test_a_complaint_may_be_answered(admin: Scope, mei: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opinions, "load", lambda: None)
    monkeypatch.setattr(opinions, "label_anew", lambda *_: None)
    opinions.note(by=admin, member=mei, said=opinions.Said("complaint", NOW, text="凉了"), now=NOW)
    answers = [claim(by=admin, member=mei, touch=ANSWER, now=NOW + n * DAY).standing for n in range(4)]
    assert answers == ["answer", "answer", "answer", "planned"]


def test_what_they_wrote_covers_a_few_answers_and_then_the_cap_holds(admin: Scope, mei: Member) -> None:
    said: dict[str, Any] = {"channel": "direct", "direction": "in", "summary": "有货吗"}
    wrote = note_contact(by=admin, member=mei, at=NOW - DAY, now=NOW, **said)
    rows = [claim(by=admin, member=mei, touch=ANSWER, now=NOW) for _ in range(5)]
    assert [each.standing for each in rows] == ["answer"] * 3 + ["planned"] * 2
    assert refused(admin, mei, ANSWER).data["reason"] == "cap"
    assert refused(admin, mei, Touch("care", "direct", "新茶", selling=True, answering=True)).data["field"] == "selling"
    # What answers lean on stays what it is, and so do the answers.
    with pytest.raises(DomainError, match="以它为据"):
        remove_contact(by=admin, contact=wrote, now=NOW)
    with pytest.raises(DomainError, match="以它为据"):
        edit_contact(by=admin, contact=wrote, now=NOW, at=NOW)
    with pytest.raises(DomainError, match="一小时后"):
        remove_contact(by=admin, contact=rows[0], now=NOW + 2 * timedelta(hours=1))
    with pytest.raises(DomainError, match="不能改"):
        edit_contact(by=admin, contact=rows[0], now=NOW, direction="in")
    told = {name: getattr(rows[0], name) for name in ("standing", "most", "since", "selling_most", "selling_since")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.create(
            member=mei, at=NOW, channel="direct", direction="out", summary="x", by_name="", written_at=NOW, **told
        )
    wrote.refresh_from_db()
    edit_contact(by=admin, contact=wrote, now=NOW, summary="还有货吗")


def test_who_asked_not_to_be_contacted_is_answered_once(admin: Scope, mei: Member) -> None:
    keep_quiet(by=admin, member=mei, reason="asked", now=NOW)
    note_contact(by=admin, member=mei, at=NOW, channel="direct", direction="in", summary="别发了", now=NOW)
    assert claim(by=admin, member=mei, touch=ANSWER, now=NOW).standing == "answer"
    assert refused(admin, mei, ANSWER).data["reason"] == "quiet"


@pytest.mark.parametrize(
    ("reason", "until", "field"), [("why", None, "reason"), ("asked", 0, "until"), ("asked", -1, "until")]
)
def test_a_silence_that_makes_no_sense(admin: Scope, mei: Member, reason: str, until: int | None, field: str) -> None:
    with pytest.raises(DomainError) as raised:
        last = None if until is None else NOW.date() + until * DAY
        keep_quiet(by=admin, member=mei, reason=reason, until=last, now=NOW)
    assert (raised.value.code, raised.value.data["field"]) == ("bad_quiet", field)


def test_passing_takes_a_reason_and_a_permission_and_is_in_the_trail(
    admin: Scope, mei: Member, staff: AddStaff, unit: Unit
) -> None:
    owner = scope_of(staff("owner", "owner", unit))
    for _ in range(2):
        claim(by=admin, member=mei, touch=LIGHT, now=NOW)
    assert refused(admin, mei, passing="快递丢了").code == "denied"
    assert refused(owner, mei).code == "may_not_contact"
    assert refused(owner, mei, passing="x" * 201).code == "bad_contact"
    row = claim(by=owner, member=mei, touch=LIGHT, passing="快递丢了", now=NOW)
    assert (row.standing, row.why, leave(mei).counted) == ("passed", "快递丢了", 3)
    entry = AuditEntry.objects.get(action="contact.pass")
    assert (entry.actor_name, entry.data["over"]) == ("Owner", "cap")
    assert "快递" not in str(entry.data)


def test_what_was_done_by_hand_is_kept_counted_and_visibly_over(admin: Scope, mei: Member) -> None:
    told = {"channel": "call", "direction": "out", "summary": "问候"}
    rows = [note_contact(by=admin, member=mei, at=NOW - n * DAY, now=NOW, **told) for n in (1, 2, 3)]
    assert [each.standing for each in rows] == ["within", "within", "over"]
    assert AuditEntry.objects.filter(action="contact.over").count() == 1
    assert leave(mei).counted == 3
    # Whoever makes a contact of ours into one of theirs changes what counts; the trail says so.
    edit_contact(by=admin, contact=rows[0], now=NOW, direction="in")
    assert (rows[0].standing, leave(mei).counted) == ("in", 2)
    assert AuditEntry.objects.get(action="contact.edit").data["standing"] == "in"


def test_a_place_under_the_cap_is_given_back_within_the_hour_and_otherwise_kept(admin: Scope, mei: Member) -> None:
    row = claim(by=admin, member=mei, touch=LIGHT, now=NOW)
    edit_contact(by=admin, contact=row, now=NOW, result="回了")
    for told in ({"at": NOW - 30 * DAY}, {"direction": "in"}, {"selling": True}):
        with pytest.raises(DomainError, match="不能改"):
            edit_contact(by=admin, contact=row, now=NOW, **told)
        row.refresh_from_db()
    with pytest.raises(DomainError, match="一小时后"):
        remove_contact(by=admin, contact=row, now=NOW + timedelta(hours=2))
    assert leave(mei).counted == 1
    take_back(by=admin, contact=row, now=NOW + timedelta(minutes=59))
    assert leave(mei).counted == 0


def test_the_strictest_unit_somebody_is_in_holds_whoever_contacts(
    system: Scope, person: Person, place: Place, unit: Unit, other_unit: Unit
) -> None:
    change_caps(by=system, unit=other_unit, changes={"contact.most": 1}, now=NOW)
    both = person("Both", place("tea", unit), place("coffee", other_unit))
    claim(by=system, member=both, touch=LIGHT, now=NOW)
    assert (leave(both).code, leave(both).caps.all.most) == ("cap", 1)


def test_the_database_itself_refuses_one_too_many_and_moving_one_away(system: Scope, mei: Member) -> None:
    change_caps(by=system, unit=root_unit(), changes={"contact.most": 1}, now=NOW)
    row = claim(by=system, member=mei, touch=LIGHT, now=NOW)
    told = {name: getattr(row, name) for name in ("at", "since", "most", "selling_most", "selling_since", "standing")}
    attempts = (
        lambda: Contact.objects.create(
            member=mei, channel="direct", direction="out", summary="x", by_name="", written_at=NOW, **told
        ),
        # A cap of its own making: a window of nothing, which no contact falls into.
        lambda: Contact.objects.create(
            **{**told, "since": NOW, "selling_since": NOW, "most": 20}, member=mei, channel="direct", direction="out",
            summary="x", by_name="", written_at=NOW,
        ),
        lambda: Contact.objects.filter(pk=row.pk).update(at=NOW - 30 * DAY),
        lambda: Contact.objects.filter(pk=row.pk).update(direction="in", standing="in"),
        lambda: Contact.objects.create(
            member=mei, channel="direct", direction="out", summary="x", by_name="", written_at=NOW, at=NOW
        ),
    )  # fmt: skip
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert Contact.objects.count() == 1


def test_nothing_but_the_gate_makes_a_contact() -> None:
    """Walks the source: `Contact(...)`, a maker on its manager or on `.contacts`, and statements that name the table."""
    makers = {"create", "bulk_create", "get_or_create", "update_or_create", "acreate", "abulk_create"}
    found = set()
    source = Path(merging.__file__).parents[1]
    for path in sorted(source.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node, "func", None)
            is_made = "Contact" in (getattr(called, "id", ""), getattr(called, "attr", ""))
            if isinstance(node, ast.Attribute) and node.attr in makers:
                text = ast.unparse(node)
                is_made = any(each in text for each in (".contacts", "Contact.objects", "Contact._default_manager"))
            is_named = isinstance(node, ast.Constant) and "members_contact" in str(node.value)
            if is_made or is_named:
                found.add(path.relative_to(source).as_posix())
    assert found == {"members/contacting.py"}
