"""The points ledger under sixteen workers at once, in real transactions: balance = sum of entries, and never below zero."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random
from threading import Barrier, Thread

from django.db.models import Sum
from pytest_django import DjangoDbBlocker

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import system_scope
from qunyu.loyalty.ledger import Gift, check, expire_due, move
from qunyu.loyalty.models import Account, Entry, Movement, Programme, Redemption, Reward
from qunyu.loyalty.programmes import save_programme
from qunyu.loyalty.rewards import Prize, redeem, save_reward
from qunyu.members.models import Identity, Member
from qunyu.people.queries import root_unit
from tests.deployment_copies import Copy
from tests.deployment_fixtures import NOW
from tests.jobs.deployment import Deployment

WORKERS, STEPS, PEOPLE = 16, 12, 3
SYSTEM = system_scope("tests")


def settled() -> tuple[Programme, list[Member]]:
    """A programme whose points last a month, and people of whom the last is two identities."""
    told = {"name": "会员", "currency": "茶豆", "expiry": "months", "expiry_months": 1, "starts_on": date(2026, 1, 1)}
    programme = save_programme(by=SYSTEM, unit=root_unit(), now=NOW, told=told)
    people = [Member.objects.create(name=f"P{number}") for number in range(PEOPLE + 1)]
    for member in people:
        Identity.objects.create(member=member, own_member=member, platform="qq", key=member.name, name=member.name)
        move(by=SYSTEM, programme=programme, member=member, gift=Gift(60, "开始"), now=NOW)
    Identity.objects.filter(member=people[-1]).update(member=people[-2])
    return programme, people[:-1]


def work(number: int, programme: Programme, people: list[Member], told: Counter[str]) -> None:
    """Random gifts, takings (often more than there is), expiry, and a key that all workers share."""
    random, scope = Random(number), system_scope(f"worker {number}")
    for step in range(STEPS):
        member, now = random.choice(people), NOW + timedelta(days=random.choice((0, 0, 20, 40)))
        points = random.choice((7, 30, 55, -10, -45, -80))
        key = f"shared {step}" if random.random() < 0.3 else ""
        if key:
            member, points, now = people[step % PEOPLE], 5, NOW
        try:
            if random.random() < 0.15:
                expire_due(by=scope, today=now.date(), now=now)
            else:
                move(by=scope, programme=programme, member=member, gift=Gift(points, "随机", key), now=now)
                told["done"] += 1
        except DomainError as error:
            told[error.code] += 1


def run_all(deployment: Deployment, programme: Programme, people: list[Member]) -> Counter[str]:
    barrier, told, broken = Barrier(WORKERS), Counter[str](), list[BaseException]()

    def run(number: int) -> None:
        with deployment.connected():
            barrier.wait()
            try:
                work(number, programme, people, told)
            except BaseException as error:
                broken.append(error)

    threads = [Thread(target=run, args=(number,)) for number in range(WORKERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert broken == []
    return told


def test_sixteen_workers_at_once(copy: Copy, django_db_blocker: DjangoDbBlocker) -> None:
    deployment = copy()
    with django_db_blocker.unblock(), deployment.connected():
        programme, people = settled()
        told = run_all(deployment, programme, people)
        assert set(told) == {"done", "not_enough_points"}
        assert check() == []
        for account in Account.objects.all():
            assert account.balance == account.entries.aggregate(n=Sum("amount"))["n"] >= 0
        assert Entry.objects.aggregate(n=Sum("amount"))["n"] == 0
        # However many workers came with the same key, the points were given once.
        shared = Movement.objects.filter(key__contains="shared")
        assert 0 < shared.count() <= STEPS
        assert {each.entries.get(side="member").amount for each in shared} == {5}
        assert Movement.objects.filter(kind="give").exists()
        assert Movement.objects.filter(kind="take").exists()
        assert Movement.objects.filter(kind="expire").exists()


def test_a_reward_is_never_oversold(copy: Copy, django_db_blocker: DjangoDbBlocker) -> None:
    deployment = copy()
    with django_db_blocker.unblock(), deployment.connected():
        programme, people = settled()
        prize = Prize("茶杯", 10, stock=5, per_person=4)
        reward = save_reward(by=SYSTEM, programme=programme, reward=None, prize=prize, now=NOW)
        told, barrier = Counter[str](), Barrier(WORKERS)

        def run(number: int) -> None:
            with deployment.connected():
                barrier.wait()
                try:
                    redeem(by=SYSTEM, reward=reward, member=people[number % PEOPLE], now=NOW)
                    told["done"] += 1
                except DomainError as error:
                    told[error.code] += 1

        threads = [Thread(target=run, args=(number,)) for number in range(WORKERS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert (told["done"], sum(told.values())) == (5, WORKERS)
        assert set(told) <= {"done", "out_of_stock", "reward_limit"}
        assert Redemption.objects.count() == 5
        assert Reward.objects.get().stock == 0
        assert check() == []
