"""The contact cap under sixteen workers at once, in real transactions: whoever asks, nobody is contacted more often than that."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread

from pytest_django import DjangoDbBlocker

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import system_scope
from qunyu.members.contacting import Touch, claim, claim_many
from qunyu.members.models import Contact, Identity, Member
from tests.deployment_copies import Copy
from tests.deployment_fixtures import NOW
from tests.jobs.deployment import Deployment

WORKERS, PEOPLE = 16, 3
SYSTEM = system_scope("tests")


def settled() -> list[Member]:
    """Three people, of whom the last is two identities."""
    people = [Member.objects.create(name=f"P{number}") for number in range(PEOPLE + 1)]
    for member in people:
        Identity.objects.create(member=member, own_member=member, platform="qq", key=member.name, name=member.name)
    Identity.objects.filter(member=people[-1]).update(member=people[-2])
    return people


def work(number: int, people: list[Member], told: list[str]) -> None:
    """Every worker wants everybody, as every identity that they are, one by one and all at once, at moments of its own."""
    for step, member in enumerate(people[number % 4 :] + people[: number % 4]):
        now = NOW + timedelta(seconds=(number * 7 + step) % 11)
        touch = Touch("care", "direct", "你好", selling=bool((number + step) % 2))
        try:
            claim(by=SYSTEM, member=member, touch=touch, now=now)
            told.append("claimed")
        except DomainError as error:
            told.append(error.code)
    heads = [each.pk for each in people[:PEOPLE]]
    told += ["claimed" for _ in claim_many(by=SYSTEM, members=heads, touch=Touch("survey", "direct", "问卷"), now=NOW)]


def run_all(deployment: Deployment, people: list[Member]) -> list[str]:
    barrier, told, broken = Barrier(WORKERS), list[str](), list[BaseException]()

    def run(number: int) -> None:
        with deployment.connected():
            barrier.wait()
            try:
                work(number, people, told)
            except BaseException as error:
                broken.append(error)

    threads = [Thread(target=run, args=(number,)) for number in range(WORKERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert broken == []
    return told


def test_sixteen_workers_want_everybody(copy: Copy, django_db_blocker: DjangoDbBlocker) -> None:
    deployment = copy()
    with django_db_blocker.unblock(), deployment.connected():
        people = settled()
        told = run_all(deployment, people)
        # Two a person, and of these at most one that sells.
        rows = Contact.objects.values_list("member__own_identity__member", "selling")
        assert Counter(person for person, _ in rows) == {each.pk: 2 for each in people[:PEOPLE]}
        assert max(Counter(person for person, sells in rows if sells).values(), default=0) <= 1
        assert set(told) == {"claimed", "may_not_contact"}
        assert told.count("claimed") == 2 * PEOPLE
