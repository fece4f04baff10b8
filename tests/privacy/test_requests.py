"""Requests, periods, the stop list and receipts: who may, what is refused, what is left behind."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from qunyu.communities.models import Community
from qunyu.events.lake import rollup
from qunyu.flows.place import lake, place
from qunyu.insights.board import board
from qunyu.insights.question import Question
from qunyu.jobs.port import run_now
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.personal import ERASED, Person, holders, scrub_names
from qunyu.kernel.platform_ids import name_of
from qunyu.kernel.scope import Denied, Scope
from qunyu.loyalty.ledger import Gift, move, reverse
from qunyu.loyalty.programmes import save_programme
from qunyu.members.contacts import note_contact
from qunyu.members.fields import add_field
from qunyu.members.merging import editable, merge
from qunyu.members.models import Contact, Identity, Member
from qunyu.members.personal import person_of
from qunyu.members.profile import change
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from qunyu.privacy import erasing, exporting, receipts, retaining
from qunyu.privacy.models import Period, PeriodRun, Request
from qunyu.privacy.requests import Asked, days_left, find_request, open_request, refuse
from qunyu.reports.making import path_of
from qunyu.reports.models import Report
from qunyu.segments.actions import add_segment
from qunyu.segments.conditions import Speaker
from qunyu.segments.models import Segment
from tests.deployment_fixtures import NOW, AddStaff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_ends(db: None) -> None:
    """No kind of data has a period but what a test sets."""
    Period.objects.all().delete()


def ask(scope: Scope, member: Member, kind: str = "export") -> Request:
    return open_request(by=scope, member=member, kind=kind, asked=Asked(), now=NOW)


def code_of(ask: Callable[[], object]) -> str:
    """What something is refused for."""
    with pytest.raises(DomainError) as refused:
        ask()
    return refused.value.code


def test_requests_are_for_who_protects_everybodys_data(
    system: Scope, tea: Community, unit: Unit, staff: AddStaff
) -> None:
    mei = Member.objects.get(name="Mei")
    below, officer = scope_of(staff("below", "director", unit)), scope_of(staff("officer", "officer"))
    with pytest.raises(Denied):
        ask(below, mei)
    row = ask(officer, mei)
    assert days_left(row, row.due_on - timedelta(days=15)) == 15
    with pytest.raises(Denied):
        find_request(below, row.public_id)
    assert code_of(lambda: ask(officer, mei)) == "request_open"
    refuse(by=officer, request=row, reason="不是本人", now=NOW)
    assert code_of(lambda: exporting.begin(by=officer, request=row, now=NOW)) == "request_ended"


def test_who_is_called_by_an_id_is_confirmed_by_its_end(system: Scope, tea: Community) -> None:
    mei = Member.objects.get(name="Mei")
    mei.name = name_of("wxid_mei9k")
    mei.save()
    request = ask(system, mei, "erasure")
    erasing.confirm(by=system, request=request, typed=f" {mei.name[-6:]}", reason="本人要求", now=NOW)
    request.refresh_from_db()
    assert request.state == "working"


@pytest.mark.parametrize(
    ("typed", "reason", "kept", "code"),
    [
        ("mei", "本人要求", (), "name_differs"),
        ("Mei", " ", (), "reason_needed"),
        ("Mei", "本人要求", ("tags",), "bad_kept"),
    ],
)
def test_an_erasure_is_confirmed_by_name_and_reason(
    system: Scope, tea: Community, typed: str, reason: str, kept: tuple[str, ...], code: str
) -> None:
    row = ask(system, Member.objects.get(name="Mei"), "erasure")
    with pytest.raises(DomainError) as refused:
        erasing.confirm(by=system, request=row, typed=typed, reason=reason, kept=kept, now=NOW)
    assert refused.value.code == code
    row.refresh_from_db()
    assert (row.state, row.sealed, row.stopped.count()) == ("open", "", 0)


def test_who_was_merged_since_asks_anew_and_gets_all_of_themselves(system: Scope, tea: Community) -> None:
    mei, tom = Member.objects.get(name="Mei"), Member.objects.get(name="Tom")
    rows = {member.pk: ask(system, member, "erasure") for member in (mei, tom)}
    merge(by=system, one=mei, other=tom, now=NOW)
    head = Identity.objects.get(own_member=mei).member
    gone = tom if head == mei else mei
    tell = partial(erasing.confirm, by=system, typed=gone.name, reason="本人要求", now=NOW)
    assert code_of(lambda: tell(request=rows[gone.pk])) == "merged_since"
    assert person_of(gone) == person_of(head)


def test_no_name_is_too_long_or_taken_for_an_erasure(system: Scope, tea: Community, unit: Unit) -> None:
    condition = Speaker(system).from_text("name contains “x”")
    for name in ("Mei", "@mei", "Meier", f"Mei{'x ' * 28}"):
        add_segment(by=system, unit=unit, name=name, condition=condition, now=NOW)
    person = Person(frozenset(), frozenset(), ("Mei", "x"))
    assert scrub_names(Segment, person, "unit") == 2
    names = sorted(Segment.objects.values_list("name", flat=True))
    assert names == sorted(["Meier", f"Mei{'x ' * 28}".strip(), ERASED, f"@{ERASED}"])
    add_segment(by=system, unit=unit, name="mei", condition=condition, now=NOW)
    add_segment(by=system, unit=unit, name=f"Mei {'x ' * 28}".strip(), condition=condition, now=NOW)
    scrub_names(Segment, person, "unit")
    found = list(Segment.objects.values_list("name", flat=True))
    assert f"{ERASED} 2" in found
    assert max(map(len, found)) <= 60


def test_an_erasure_that_cannot_go_on_keeps_nothing_else_from_it(
    system: Scope, tea: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []

    def run(*, key: int, now: datetime) -> bool:
        done.append(key)
        raise ValueError("Mei")

    monkeypatch.setattr(erasing, "unfinished", lambda: [1, 2])
    monkeypatch.setattr(erasing, "run", run)
    assert run_now("privacy.keep") == {"exports": 0}
    assert done == [1, 2]


def test_an_export_holds_everything_of_one_person_and_nobody_else(
    system: Scope, tea: Community, data_folder: Path
) -> None:
    mei, tom = Member.objects.get(name="Mei"), Member.objects.get(name="Tom")
    change(by=system, member=mei, changes={"phone": "13800001234"}, now=NOW, today=NOW.date())
    for member, summary in ((mei, "问候了她"), (tom, "问候了他")):
        note_contact(by=system, member=member, now=NOW, at=NOW, channel="call", direction="out", summary=summary)
    row = ask(system, mei)
    exporting.begin(by=system, request=row, now=NOW)
    run_now("privacy.export", request=row.pk)
    row.refresh_from_db()
    assert row.expires_at is not None
    path = exporting.download(by=system, request=row, now=row.expires_at - timedelta(seconds=1))
    with zipfile.ZipFile(path) as file:
        told = {name: file.read(name).decode() for name in file.namelist()}
    assert [each["value"] for each in json.loads(told["profile.json"])] == ["13800001234"]
    said = [each["text"] for each in json.loads(told["facts.json"]) if each["kind"] == "message"]
    assert said == ["Good morning! Which tea do you like?", "=SUM(1;1) is what my sheet says", "我来"]
    assert (
        "问候了她" in told["index.html"]
        and "Tom" not in "".join(told.values())
        and "问候了他" not in told["contacts.json"]
    )
    assert AuditEntry.objects.filter(action="privacy.download").count() == 1
    gone = row.expires_at
    assert code_of(lambda: exporting.download(by=system, request=row, now=gone)) == "export_gone"
    assert exporting.forget_old(row.expires_at) == 1
    assert not path.exists()


def test_no_copy_is_left_of_who_was_erased_while_it_was_made(
    system: Scope, tea: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei = Member.objects.get(name="Mei")
    row = ask(system, mei)
    exporting.begin(by=system, request=row, now=NOW)
    whole = exporting.write

    def write(path: Path, found: Any, now: datetime) -> None:
        Request.objects.filter(pk=row.pk).update(member=None)
        whole(path, found, now)

    monkeypatch.setattr(exporting, "write", write)
    assert not exporting.run(key=row.pk, now=NOW)
    assert not exporting.file_of(row).exists()
    Request.objects.filter(pk=row.pk).update(member=mei)
    exporting.part_of(exporting.file_of(row)).write_text("Mei")
    holders()["requests"].erase(person_of(mei))
    row.refresh_from_db()
    assert (row.state, row.member, row.done_at is None) == ("refused", None, False)
    assert not exporting.part_of(exporting.file_of(row)).exists()


def test_a_period_lets_words_go_and_no_figure_changes(system: Scope, tea: Community) -> None:
    def figures() -> list[list[object]]:
        answer = board(lake(), system, Question(grain="day"))
        return [[answer.figure(metric, each) for each in answer.periods] for metric, _, _, _ in answer.figures]

    before = figures()
    late = NOW + timedelta(days=30)
    assert retaining.preview(system, "texts", 40, late) == 8
    assert retaining.set_period(by=system, kind="texts", days=40, now=NOW)
    assert not retaining.set_period(by=system, kind="texts", days=40, now=NOW)
    assert retaining.enforce(now=late) == {"texts": 8}
    assert retaining.enforce(now=late) == {"texts": 0}
    assert retaining.preview(system, "texts", 40, late) == 0
    days = rollup.pairs_of_import(place().lake, tea.memberships.get(identity__name="Mei").identity.supplied_by_id or 0)
    rollup.refresh(place().lake, days)
    assert figures() == before
    assert [run.removed for run in PeriodRun.objects.all()] == [0, 8]


def test_periods_are_whole_days_within_reason(system: Scope, tea: Community) -> None:
    for days in (0, 29, 40_000):
        with pytest.raises(DomainError) as refused:
            retaining.set_period(by=system, kind="contacts", days=days, now=NOW)
        assert refused.value.code == "bad_days"
    mei = Member.objects.get(name="Mei")
    for at in (NOW, NOW - timedelta(days=31)):
        note_contact(by=system, member=mei, now=NOW, at=at, channel="call", direction="out", summary="问候")
    retaining.set_period(by=system, kind="contacts", days=30, now=NOW)
    assert retaining.enforce(now=NOW) == {"contacts": 1}
    assert Contact.objects.get().at == NOW


def test_reports_go_with_their_files(system: Scope, data_folder: Path) -> None:
    told = {
        "unit": root_unit(),
        "title": "周报",
        "grain": "week",
        "first": NOW.date(),
        "language": "zh",
        "with_orders": False,
    }
    old, new = (Report.objects.create(**told, made_at=NOW - timedelta(days=days)) for days in (31, 29))
    paths = [path_of(data_folder, each.public_id, "html") for each in (old, new)]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("周报")
    retaining.set_period(by=system, kind="reports", days=30, now=NOW)
    assert retaining.enforce(now=NOW) == {"reports": 1}
    assert ([path.exists() for path in paths], Report.objects.get()) == ([False, True], new)


def test_former_values_of_a_profile_go_and_the_value_stays(system: Scope, tea: Community) -> None:
    mei = Member.objects.get(name="Mei")
    for days, value in ((50, "杭州"), (45, "苏州")):
        at = NOW - timedelta(days=days)
        change(by=system, member=mei, changes={"region": value}, now=at, today=at.date())
    retaining.set_period(by=system, kind="profile_history", days=40, now=NOW)
    assert retaining.enforce(now=NOW) == {"profile_history": 1}
    assert list(mei.profile.values_list("value", flat=True)) == ["苏州"]


def test_what_is_no_receipt_is_called_so(system: Scope) -> None:
    for given in list[object](([], {}, {"signature": 3}, "receipt")):
        assert code_of(partial(receipts.is_genuine, given)) == "bad_receipt"
    assert not receipts.is_genuine({"signature": "0" * 64})


def test_only_words_of_a_condition_are_taken_for_a_name(system: Scope, tea: Community, unit: Unit) -> None:
    add_field(by=system, unit=unit, key="colour", kind="choice", name_zh="颜色", options=["Rose", "Lily"], now=NOW)
    add_segment(by=system, unit=unit, name="花", condition=Speaker(system).from_text("name contains “x”"), now=NOW)
    parts = [{"field": each, "op": "is", "values": ["Rose"]} for each in ("name", "colour", "tag")]
    Segment.objects.update(condition={"all": [*parts, {"not": {"did": "messages", "text": "Rose"}}]})
    holders()["snapshots"].erase(Person(frozenset(), frozenset(), ("Rose",)))
    name, colour, tag, said = Segment.objects.get().condition["all"]
    assert [each["values"] for each in (name, colour, tag)] == [[ERASED], ["Rose"], ["Rose"]]
    assert said["not"]["text"] == ERASED


def test_what_is_left_of_somebody_erased_keeps_nobody_from_editing_the_living(
    system: Scope, tea: Community, unit: Unit, staff: AddStaff
) -> None:
    mei, tom = Member.objects.get(name="Mei"), Member.objects.get(name="Tom")
    told = {"name": "会员", "currency": "积分"}
    programme = save_programme(by=system, unit=root_unit(), now=NOW, told=told)
    for each in (mei, tom):
        move(by=system, programme=programme, member=each, gift=Gift(10, "开始"), now=NOW)
    merge(by=system, one=mei, other=tom, now=NOW)
    head = Identity.objects.get(own_member=mei).member
    taken = move(by=system, programme=programme, member=head, gift=Gift(-15, "换货"), now=NOW)
    gone = tom if head == mei else mei
    Identity.objects.filter(own_member=gone).update(member=gone)
    Member.objects.filter(pk=gone.pk).update(erased=True)
    assert not editable(system).filter(member=gone).exists()
    owner = scope_of(staff("owner", "owner"))
    assert reverse(by=owner, movement=taken, reason="换错了", now=NOW).kind == "reverse"
    Member.objects.update(erased=True)
    with pytest.raises(Denied):
        reverse(by=owner, movement=taken, reason="换错了", now=NOW)
