"""Periods: of every kind of data the preview counts exactly what the job then removes, and nothing younger goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client

from qunyu.care.models import Brought, FavourAsk, Occasion
from qunyu.console.models import SignInFailure
from qunyu.console.sign_in_limits import PER_NAME_AND_ADDRESS, WINDOW, note_failure, waits_until
from qunyu.events.models import Import, ImportProblem
from qunyu.kernel.personal import kinds
from qunyu.kernel.scope import Scope
from qunyu.members.models import Contact, Member, ProfileEntry, Quiet
from qunyu.people.models import StaffSession
from qunyu.people.queries import root_unit
from qunyu.people.sign_in_rules import rules_now
from qunyu.privacy import retaining
from qunyu.privacy.models import AccessEntry, Period
from qunyu.reports.models import Report
from qunyu.satisfaction.models import Ask, Opinion, Reply, Survey
from qunyu.satisfaction.surveys import outcome, surveys
from tests.console.conftest import read
from tests.deployment_fixtures import NOW, AddStaff, SignedIn

DAYS = 400
STARS = {"title": "茶好喝吗", "kind": "stars"}
Make = Callable[[datetime], object]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_ends(db: None) -> None:
    """No kind of data has a period but what a test sets."""
    Period.objects.all().delete()


@pytest.fixture
def mei() -> Member:
    return Member.objects.create(name="Mei")


@pytest.fixture
def survey() -> Survey:
    return Survey.objects.create(unit=root_unit(), title="茶", questions=[STARS], by_name="x", created_at=NOW)


@pytest.fixture
def makers(mei: Member, survey: Survey, staff: AddStaff) -> dict[str, Make]:
    """Kind -> what makes one row of it (favours with somebody brought) as old as that moment; texts have tests of their own."""
    ben, rules = staff("ben", "admin"), rules_now()
    told = {"member": mei, "by_name": "x"}

    def favour(at: datetime) -> None:
        made = FavourAsk.objects.create(kind="photo", what="x", asked_at=at, **told)
        Brought.objects.create(ask=made, member=Member.objects.create(name="Lin"), at=at)

    def problem(at: datetime) -> None:
        owner = Import.objects.create(unit_id=root_unit().pk, title="x", asked_by="x", created_at=at, finished_at=at)
        ImportProblem.objects.create(owner=owner, line=1, file="x", code="x")

    return {
        "contacts": lambda at: Contact.objects.create(at=at, written_at=at, channel="call", direction="in", standing="in", **told),
        "quiet": lambda at: Quiet.objects.create(reason="asked", at=at, ended_at=at, **told),
        "profile_history": lambda at: ProfileEntry.objects.create(field="region", value="x", at=at, withdrawn_at=at, **told),
        "problems": problem,
        "reports": lambda at: Report.objects.create(
            unit=root_unit(), title="x", grain="week", first=at.date(), language="zh", with_orders=False, made_at=at
        ),
        "views": lambda at: AccessEntry.objects.create(at=at, slot=at.timestamp(), actor="x", via="api", page="member"),
        "opinions": lambda at: Opinion.objects.create(act="x", kind="praise", score=90, at=at, written_at=at, **told),
        "asks": lambda at: Ask.objects.create(
            survey=survey, member=Member.objects.create(name="Tom"), at=at, until=at, by_name="x"
        ),
        "occasions": lambda at: Occasion.objects.create(member=mei, kind="birthday", day=at.date(), due=at.date(), seen_at=at),
        "favours": favour,
        "staff_sessions": lambda at: StaffSession.objects.create(
            staff=ben, rules=rules, via="password", begun_at=at, seen_at=at, ended_at=at
        ),
        "sign_in_failures": lambda at: SignInFailure.objects.create(name="x", address="1.2.3.4", at=at),
    }  # fmt: skip


def test_every_kind_counts_what_it_removes(system: Scope, makers: dict[str, Make]) -> None:
    assert makers.keys() | {"texts"} == kinds().keys()
    for key, make in makers.items():
        for days in (1, 2):
            make(NOW - timedelta(days=DAYS + days))
        make(NOW - timedelta(days=DAYS - 1))
        assert retaining.preview(system, key, DAYS, NOW) == 2, key
        assert retaining.set_period(by=system, kind=key, days=DAYS, now=NOW)
    assert retaining.enforce(now=NOW) == dict.fromkeys(makers, 2)
    for key in makers:
        assert (retaining.preview(system, key, DAYS, NOW), kinds()[key].count(NOW)) == (0, 1), key


def test_a_session_that_goes_on_and_a_count_that_runs_stay(makers: dict[str, Make], system: Scope) -> None:
    makers["staff_sessions"](NOW - timedelta(days=30))
    StaffSession.objects.update(ended_at=None)
    now = NOW - timedelta(minutes=1)
    for _ in range(PER_NAME_AND_ADDRESS):
        note_failure("mei", "1.2.3.4", now)
    for kind in ("staff_sessions", "sign_in_failures"):
        least = kinds()[kind].least_days
        assert timedelta(days=least) > WINDOW
        retaining.set_period(by=system, kind=kind, days=least, now=NOW)
    assert retaining.enforce(now=NOW) == {"staff_sessions": 0, "sign_in_failures": 0}
    assert waits_until("mei", "1.2.3.4", NOW) == now + WINDOW


def test_links_nobody_answered_go_and_the_figures_stay(makers: dict[str, Make], survey: Survey, system: Scope) -> None:
    for days in (60, 50):
        makers["asks"](NOW - timedelta(days=days))
    answered = Ask.objects.latest("at")
    Reply.objects.create(survey=survey, ask=answered, answers={}, at=NOW)
    retaining.set_period(by=system, kind="asks", days=30, now=NOW)
    assert (retaining.enforce(now=NOW), retaining.enforce(now=NOW)) == ({"asks": 1}, {"asks": 0})
    assert list(Ask.objects.all()) == [answered]
    survey.refresh_from_db()
    assert (outcome(survey).asked, outcome(survey).by_asked, surveys(system).get().asked) == (2, 1, 2)  # type: ignore[attr-defined]


def test_the_page_and_the_list_say_what_stays(staff: AddStaff, signed_in: SignedIn) -> None:
    boss: Client = signed_in(staff("boss", "director"))
    shown = read(boss.get("/settings/privacy"))
    assert "一直保存，直到删除此人或手工删除" in shown
    assert "法律要求保存交易凭证，收入与复购也由订单算出" in shown
    assert "已结束的登录会话" in shown


def test_sessions_and_failures_have_a_period_from_the_start() -> None:
    """What the migration set is gone here: what it does once more shows."""
    migration = import_module("qunyu.privacy.migrations.0005_periods_of_sign_ins")
    for _ in range(2):
        migration.begin(apps, None)
    assert dict(Period.objects.values_list("kind", "days")) == {"staff_sessions": 90, "sign_in_failures": 1}
    assert set(migration.DAYS) <= kinds().keys()
