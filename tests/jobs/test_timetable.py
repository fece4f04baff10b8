"""Jobs by the clock, in the deployment's zone (Asia/Shanghai, UTC+8 here)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.jobs import registry
from qunyu.jobs.models import JobRun, StepDone
from qunyu.jobs.port import cancel, enqueue, job, list_jobs, run_now
from qunyu.jobs.tasks import KEPT_DAYS
from qunyu.jobs.timetable import Timetable, last_due
from tests.jobs.deployment import Deployment


@pytest.mark.parametrize(
    ("cron", "now", "due"),
    [
        ("5 0 * * *", datetime(2026, 3, 2, 0, 4, 59, tzinfo=UTC), datetime(2026, 3, 1, 0, 5, tzinfo=UTC)),
        ("5 0 * * *", datetime(2026, 3, 2, 0, 5, tzinfo=UTC), datetime(2026, 3, 2, 0, 5, tzinfo=UTC)),
        ("5 0 * * *", datetime(2026, 3, 2, 0, 5, 30, tzinfo=UTC), datetime(2026, 3, 2, 0, 5, tzinfo=UTC)),
        ("0 9 * * 1", datetime(2026, 3, 1, 12, 0, tzinfo=UTC), datetime(2026, 2, 23, 9, 0, tzinfo=UTC)),
        ("*/15 * * * *", datetime(2026, 3, 1, 12, 44, tzinfo=UTC), datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
    ],
)
def test_last_due(cron: str, now: datetime, due: datetime) -> None:
    assert last_due(cron, now) == due


@given(st.integers(1577836800, 2051222400), st.sampled_from([1, 5, 20, 60]))
def test_last_due_is_never_late_nor_early(second: int, minutes: int) -> None:
    now = datetime.fromtimestamp(second, UTC)
    cron = "0 * * * *" if minutes == 60 else f"*/{minutes} * * * *"
    assert timedelta(0) <= now - last_due(cron, now) < timedelta(minutes=minutes)


@pytest.fixture
def nightly() -> Iterator[str]:
    """A job at five past midnight, while the test runs."""
    name = "chores.nightly"
    job(name, cron="5 0 * * *")(lambda: None)
    yield name
    del registry._jobs[name]


def test_a_job_is_asked_for_once_a_night_by_any_number_of_workers(deployment: Deployment, nightly: str) -> None:
    before, after = datetime(2026, 3, 1, 16, 4, tzinfo=UTC), datetime(2026, 3, 1, 16, 6, tzinfo=UTC)
    one, two = Timetable(), Timetable()
    for now in (before, before, after, after, after + timedelta(hours=3)):
        one.ask(now)
        two.ask(now)
    assert {each.id for each in list_jobs(name=nightly)} == {
        "chores.nightly:at 2026-03-01T00:05+0800",
        "chores.nightly:at 2026-03-02T00:05+0800",
    }
    assert len(list_jobs(name=nightly)) == 2


def test_after_a_standstill_the_last_time_is_made_up_once(deployment: Deployment, nightly: str) -> None:
    Timetable().ask(datetime(2026, 3, 1, 17, 0, tzinfo=UTC))
    Timetable().ask(datetime(2026, 3, 9, 3, 0, tzinfo=UTC))
    assert [each.id for each in list_jobs(name=nightly)] == [
        "chores.nightly:at 2026-03-09T00:05+0800",
        "chores.nightly:at 2026-03-02T00:05+0800",
    ]


def test_jobs_that_ended_long_ago_are_forgotten(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    queued, ended = (enqueue("chores.add", left=each, right=0) for each in range(2))
    cancel(ended)
    StepDone.objects.create(job_id=ended, step="one")
    assert run_now("jobs.forget") == 0
    later = datetime.now(UTC) + timedelta(days=KEPT_DAYS, seconds=5)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert run_now("jobs.forget") == 1
    assert [each.id for each in list_jobs()] == [queued]
    assert (StepDone.objects.count(), JobRun.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["", "add", "Chores.add", "chores add", "chores.add:1", "chores.", ".add"])
def test_a_job_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match=r"package\.verb"):
        job(name)


def test_a_name_is_taken_once() -> None:
    import tests.jobs.chores  # noqa: F401

    with pytest.raises(ValueError, match=r"tests\.jobs\.chores"):
        job("chores.add")(lambda: None)


def test_every_package_s_tasks_are_found() -> None:
    assert registry.find("jobs.forget").cron == "17 4 * * *"
