"""The list of a unit, who may be written to, and what is kept of speaking with somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.conf import settings

from qunyu.commerce.models import Order
from qunyu.communities.duties import local_day
from qunyu.insights.odds import Rate
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.personal import holders
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import speaking
from qunyu.loyalty.ledger import Gift, move
from qunyu.loyalty.programmes import save_programme
from qunyu.loyalty.rewards import Prize, redeem, save_reward
from qunyu.members.merging import merge
from qunyu.members.models import Contact, Identity, Member
from qunyu.members.personal import person_of
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from qunyu.privacy.consents import Said as Consented
from qunyu.privacy.consents import note as note_consent
from qunyu.prospects.actions import Told, ask_anew, leave_alone, note_attempt, put_back
from qunyu.prospects.measuring import leading, measure
from qunyu.prospects.models import Attempt, Hold, Prospect, ProspectRun, Worth
from qunyu.prospects.openings import openings, set_opening, spoken
from qunyu.prospects.queries import Wanted, band_of, came_of, find_list, find_prospect, prospects, reasons_of, state_of
from qunyu.prospects.reaching import why_not
from qunyu.prospects.renewing import renew_lists
from qunyu.prospects.settings import SETTINGS
from qunyu.prospects.weighing import _points, _spent, find_worth, weigh, weighed
from qunyu.satisfaction.opinions import Said, note
from tests.deployment_fixtures import NOW, AddStaff

pytestmark = pytest.mark.django_db
TODAY = local_day(NOW)
HELLO = Told("direct", "您好", "interested")


def names(scope: Scope, run: ProspectRun, **wanted: Any) -> set[str]:
    return {each.member.name for each in prospects(scope, run, replace(Wanted(), **wanted), NOW)}


def test_the_list_holds_the_people_there_in_the_fixed_order(system: Scope, unit: Unit, run: ProspectRun) -> None:
    assert (run.as_of, run.people, run.base, run.figures["measured"]) == (date(2026, 3, 14), 3, None, False)
    assert names(system, run) == {"Mei", "Lin", "小茶"}
    first = prospects(system, run, Wanted(), NOW).first()
    assert first is not None
    assert (first.member.name, first.reason, first.chance, band_of(run, None)) == ("小茶", "asked", None, "")
    assert names(system, run, reason="asked") == {"小茶"}
    assert names(system, run, text="ei") == {"Mei"}
    assert names(system, run, members=[]) == set()
    assert [each.key for each in reasons_of(run, first)][:1] == ["asked"]
    again = measure(by=system, unit=unit, now=NOW + timedelta(days=1))
    assert set(Prospect.objects.values_list("run", flat=True)) == {again.pk}


def test_who_may_not_be_written_to_is_off_the_list(system: Scope, unit: Unit, run: ProspectRun, mei: Member) -> None:
    lin, cha = Member.objects.get(name="Lin"), Member.objects.get(name="小茶")
    note(by=system, member=mei, said=Said("complaint", NOW, text="茶凉了"), now=NOW)
    note_consent(by=system, members=[lin], said=Consented("marketing", "refused"), at=NOW, now=NOW)
    assert names(system, run) == {"小茶"}
    assert names(system, run, state="waiting") == {"Mei", "Lin"}
    assert [each.code for each in why_not(unit, lin.pk, NOW)] == ["consent"]
    leave_alone(by=system, unit=unit, member=cha, until=TODAY + timedelta(days=2), why="出差", now=NOW)
    assert names(system, run) == set()
    row = find_prospect(system, run, cha, NOW)
    assert row is not None
    assert (state_of(run, row, NOW), state_of(run, row, NOW + timedelta(days=2))) == ("waiting", "ready")
    with pytest.raises(DomainError, match="暂不联系") as refused:
        note_attempt(by=system, unit=unit, member=cha, told=HELLO, now=NOW)
    assert (refused.value.code, Attempt.objects.count(), Contact.objects.count()) == ("not_now", 0, 0)
    assert put_back(by=system, unit=unit, member=cha, now=NOW)
    assert not put_back(by=system, unit=unit, member=cha, now=NOW)


def test_newcomers_who_said_nothing_are_too_early(system: Scope, run: ProspectRun) -> None:
    row = Prospect.objects.get(run=run, member__name="Lin")
    Prospect.objects.filter(pk=row.pk).update(signals=",newcomer,", spoken=0)
    assert names(system, run) == {"Mei", "小茶"}
    assert names(system, run, state="early") == {"Lin"}
    row.refresh_from_db()
    assert state_of(run, row, NOW) == "early"


def test_speaking_with_somebody_is_kept_and_its_outcome_measured(
    system: Scope, unit: Unit, run: ProspectRun, mei: Member
) -> None:
    early = NOW - timedelta(days=19)
    made = note_attempt(by=system, unit=unit, member=mei, told=HELLO, now=early)
    assert (made.reason, made.chance, Contact.objects.get().summary) == ("newcomer", None, "您好")
    other = Member.objects.get(name="Lin")
    note_attempt(by=system, unit=unit, member=other, told=HELLO, now=NOW)
    assert came_of(system, run) == (Rate(), 2)
    buyer = Identity.objects.get(member=mei)
    order = {"unit": unit, "fact_id": "00", "customer": buyer, "amount": 100, "currency": "CNY", "status": "paid"}
    Order.objects.create(reference="1", ordered_at=early + timedelta(days=2), **order)
    Order.objects.create(reference="2", ordered_at=early - timedelta(days=2), **order)
    assert came_of(system, run) == (Rate(), 2)
    # With orders of the day after, the days of the first are over, those of the second are not.
    last = datetime.combine(local_day(early + timedelta(days=14)), time(), settings.QUNYU_ZONE)
    latest = Order.objects.create(reference="3", ordered_at=last + timedelta(hours=23), **order)
    assert came_of(system, run) == (Rate(), 2)
    Order.objects.filter(pk=latest.pk).update(ordered_at=last + timedelta(days=1))
    assert came_of(system, run) == (Rate(1, 1), 1)
    again = replace(HELLO, passing="对方要货")
    note_attempt(by=system, unit=unit, member=mei, told=again, now=early + timedelta(hours=1))
    assert came_of(system, run) == (Rate(1, 1), 1)
    with pytest.raises(DomainError) as refused:
        note_attempt(by=system, unit=unit, member=mei, told=Told("direct", "", "none"), now=NOW)
    assert (refused.value.data["field"], Attempt.objects.count()) == ("summary", 3)


def test_only_who_is_on_the_list_is_spoken_with_from_it(
    system: Scope, unit: Unit, other_unit: Unit, run: ProspectRun, mei: Member
) -> None:
    with speaking("en"):
        note_attempt(by=system, unit=unit, member=mei, told=HELLO, now=NOW)
    assert Contact.objects.get().result == "interested"
    Prospect.objects.filter(member=mei).delete()
    for place in (unit, other_unit):
        with pytest.raises(DomainError) as refused:
            note_attempt(by=system, unit=place, member=mei, told=HELLO, now=NOW)
        assert (refused.value.code, Attempt.objects.count()) == ("not_listed", 1)


def test_holds_follow_merging_and_bad_ones_are_refused(
    system: Scope, unit: Unit, run: ProspectRun, mei: Member
) -> None:
    lin = Member.objects.get(name="Lin")
    for until, why in ((TODAY, ""), (TODAY + timedelta(days=2000), ""), (None, "x" * 201)):
        with pytest.raises(DomainError, match=r"日期|原因"):
            leave_alone(by=system, unit=unit, member=lin, until=until, why=why, now=NOW)
    leave_alone(by=system, unit=unit, member=lin, until=None, why="", now=NOW)
    leave_alone(by=system, unit=unit, member=lin, until=None, why="不需要", now=NOW)
    assert Hold.objects.filter(ended_at=None).count() == 1
    merge(by=system, one=mei, other=lin, now=NOW)
    assert names(system, run) == {"小茶"}


def test_lists_are_for_who_may_see_people_and_orders_of_the_unit(
    unit: Unit, other_unit: Unit, run: ProspectRun, mei: Member, staff: AddStaff
) -> None:
    owner = scope_of(staff("owner", "owner", unit))
    found, theirs = find_list(owner)
    assert (found, theirs) == (unit, run)
    with pytest.raises(Denied):
        find_list(scope_of(staff("admin", "admin", unit)))
    stranger = scope_of(staff("stranger", "owner", other_unit))
    with pytest.raises(DomainError, match="组织单位"):
        find_list(stranger, unit.public_id)
    assert names(stranger, run) == set()
    for act in (
        lambda: note_attempt(by=stranger, unit=unit, member=mei, told=HELLO, now=NOW),
        lambda: leave_alone(by=stranger, unit=unit, member=mei, until=None, why="", now=NOW),
        lambda: measure(by=stranger, unit=unit, now=NOW),
        lambda: set_opening(by=stranger, unit=unit, key="due", text="好", now=NOW),
        lambda: SETTINGS.change(by=stranger, unit=unit, changes={"worth.margin": 40}, now=NOW),
        lambda: find_worth(stranger, unit),
    ):
        with pytest.raises(Denied):
            act()
    assert (Attempt.objects.count(), Hold.objects.count()) == (0, 0)


def test_words_and_numbers_are_inherited_and_checked(system: Scope, unit: Unit) -> None:
    root = root_unit()
    set_opening(by=system, unit=root, key="due", text="{name}，该补货了", now=NOW)
    assert spoken(unit, "due", "Mei") == "Mei，该补货了"
    set_opening(by=system, unit=unit, key="due", text="嗨 {name}", now=NOW)
    assert (spoken(unit, "due", "Mei"), spoken(root, "due", "Mei"), spoken(unit, "", "Mei")) == (
        "嗨 Mei",
        "Mei，该补货了",
        "",
    )
    set_opening(by=system, unit=unit, key="due", text=" ", now=NOW)
    assert openings(unit)["due"][0] == "{name}，该补货了"
    for key, text in (("due", "{price}"), ("due", "x" * 401), ("silent", "好")):
        with pytest.raises(DomainError):
            set_opening(by=system, unit=unit, key=key, text=text, now=NOW)
    SETTINGS.change(by=system, unit=root, changes={"worth.margin": 40}, now=NOW)
    assert (SETTINGS.of(unit.pk)["worth.margin"], SETTINGS.of(unit.pk)["worth.hour"]) == (40, None)
    for changes in ({"worth.margin": 101}, {"worth.margin": float("nan")}, {"other": 1}):
        with pytest.raises(DomainError):
            SETTINGS.change(by=system, unit=root, changes=changes, now=NOW)


def test_asking_again_waits_for_the_list_that_was_asked_for(
    system: Scope, unit: Unit, run: ProspectRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def enqueue(name: str, *, key: str, unit: int) -> str:
        asked.append(key)
        return key

    monkeypatch.setattr("qunyu.prospects.actions.enqueue", enqueue)
    for minutes in (0, 1, 61):
        ask_anew(by=system, unit=unit, now=NOW.replace(minute=0) + timedelta(minutes=minutes))
    measure(by=system, unit=unit, now=NOW)
    ask_anew(by=system, unit=unit, now=NOW.replace(minute=0))
    assert (asked[0] == asked[1], len(set(asked))) == (True, 3)
    assert AuditEntry.objects.filter(action="prospects.ask").count() == 4


def test_a_unit_that_fails_keeps_no_other_from_its_lists(
    unit: Unit, run: ProspectRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**given: Any) -> ProspectRun:
        if given["unit"] == unit:
            raise ValueError("no disk")
        return measure(**given)

    monkeypatch.setattr("qunyu.prospects.renewing.measure", fails)
    # The unit and the one at the top, which has its community below.
    assert renew_lists(NOW) == {"units": 1, "people": 3, "failed": 1}
    with pytest.raises(ValueError, match="no disk"):
        renew_lists(NOW, unit.pk)


def test_the_leading_reason_is_the_one_that_raises_the_chance_most() -> None:
    weights = {
        "measured": True,
        "signals": {"asked": {"weight": 0.2}, "active": {"weight": 0.9}, "often": {"weight": -1}},
    }
    assert leading(("asked", "active", "silent"), weights) == "active"
    assert leading(("often", "silent"), weights) == ""
    assert leading(("active", "asked"), {"measured": False, "signals": {}}) == "asked"


def test_erasure_and_a_copy_take_everything_of_a_person(
    system: Scope, unit: Unit, run: ProspectRun, mei: Member
) -> None:
    note_attempt(by=system, unit=unit, member=mei, told=HELLO, now=NOW)
    leave_alone(by=system, unit=unit, member=mei, until=None, why="", now=NOW)
    holder, person = holders()["prospects"], person_of(mei)
    assert holder.count(person) == 3
    told = holder.export(person)
    assert isinstance(told, dict)
    assert [len(told[each]) for each in ("lists", "worth", "left_alone", "tried")] == [1, 0, 1, 1]
    holder.erase(person)
    assert holder.count(person) == 0


def test_points_are_worth_what_each_programme_says_in_the_currency_of_the_orders(
    system: Scope, unit: Unit, run: ProspectRun, mei: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"name": "会员", "currency": "积分", "value_minor": 250, "value_currency": "CNY"}
    programme = save_programme(by=system, unit=unit, now=NOW, told=told)
    assert _points([programme], "CNY") == {programme.pk: 2.5}
    assert _points([programme], "USD") == {programme.pk: None}
    reward = save_reward(by=system, programme=programme, reward=None, prize=Prize("茶杯", 10), now=NOW)
    move(by=system, programme=programme, member=mei, gift=Gift(100, "开始"), now=NOW)
    redeem(by=system, reward=reward, member=mei, now=NOW)
    for price, minor in ((2.5, 25.0), (None, None)):
        spent = _spent({programme.pk: price}, date(2026, 3, 1), TODAY)["points"].to_pylist()
        assert spent == [{"member": mei.pk, "count": 10, "minor": minor}]
    # The programme of a unit below counts above, too.
    asked: list[set[int]] = []

    def seen(priced: dict[int, float | None], first: date, last: date) -> dict[str, Any]:
        asked.append(set(priced))
        return _spent(priced, first, last)

    monkeypatch.setattr("qunyu.prospects.weighing._spent", seen)
    for place in (unit, root_unit()):
        weigh(unit=place, now=NOW)
    assert asked == [{programme.pk}] * 2


def test_worth_is_kept_for_both_ends(system: Scope, unit: Unit, run: ProspectRun) -> None:
    found = weigh(unit=unit, now=NOW)
    assert (found.last, found.currency, found.figures["margin"], found.figures["costs"]) == (
        date(2026, 3, 14),
        "",
        None,
        None,
    )
    member = Member.objects.get(name="Mei")
    zeros = dict.fromkeys(
        ("orders", "revenue", "refunds", "brought", "contacts", "complaints", "points", "benefits", "days", "costs"), 0
    )
    Worth.objects.create(
        run=found, member=member, side="costs", place=1, since=TODAY, balance=-5, brought_revenue=7, **zeros
    )
    row = weighed(system, found, "costs", "mei").get()
    assert (row.balance, row.brought_revenue) == (-5, 7)
    assert not weighed(system, found, "brings").exists()
    again = weigh(unit=unit, now=NOW)
    assert find_worth(system, unit) == again
    assert not Worth.objects.exists()
