"""The same table of opinions posted by many at once, in real transactions: everything in it is noted once."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

from pytest_django import DjangoDbBlocker

from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import system_scope
from qunyu.members.models import Identity, Member
from qunyu.satisfaction.models import Complaint, Opinion
from qunyu.satisfaction.opinions import Said, note_all
from tests.deployment_copies import Copy
from tests.deployment_fixtures import NOW

WORKERS, PEOPLE = 8, 5


def told() -> list[tuple[Member, Said]]:
    """Two opinions of each of some people."""
    people = [Member.objects.create(name=f"P{number}") for number in range(PEOPLE)]
    for member in people:
        Identity.objects.create(member=member, own_member=member, platform="qq", key=member.name, name=member.name)
    at = NOW - timedelta(days=1)
    kinds = (Said("rating", at, stars=4), Said("complaint", at, text="发错了颜色"))
    return [(member, said) for member in people for said in kinds]


def post(copy: Copy, django_db_blocker: DjangoDbBlocker, acts: list[str]) -> tuple[list[int], int, int, int]:
    """What each worker noted, and how many opinions, complaints and audit entries there are then."""
    deployment = copy()
    with django_db_blocker.unblock(), deployment.connected():
        lines, barrier, noted = told(), Barrier(WORKERS), list[int]()

        def run(number: int) -> None:
            with deployment.connected():
                given = lines if number % 2 else lines[::-1]
                barrier.wait()
                noted.append(note_all(by=system_scope("tests"), told=given, act=acts[number], now=NOW))

        threads = [Thread(target=run, args=(number,)) for number in range(WORKERS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        trail = AuditEntry.objects.filter(action="opinion.add").count()
        return sorted(noted), Opinion.objects.count(), Complaint.objects.count(), trail


def test_a_table_posted_by_many_at_once_counts_once(copy: Copy, django_db_blocker: DjangoDbBlocker) -> None:
    acts = [f"act{number}" for number in range(WORKERS)]
    once = [0] * (WORKERS - 1) + [2 * PEOPLE]
    assert post(copy, django_db_blocker, acts) == (once, 2 * PEOPLE, PEOPLE, 2 * PEOPLE)


def test_a_form_sent_again_before_the_answer_counts_once(copy: Copy, django_db_blocker: DjangoDbBlocker) -> None:
    once = [0] * (WORKERS - 1) + [2 * PEOPLE]
    assert post(copy, django_db_blocker, ["one"] * WORKERS) == (once, 2 * PEOPLE, PEOPLE, 2 * PEOPLE)
