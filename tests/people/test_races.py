"""What two people do to the organisation at the same moment, in real transactions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread

from pytest_django import DjangoDbBlocker

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import system_scope
from qunyu.people.actions import add_staff, add_unit, grant, move_unit, revoke
from qunyu.people.models import Grant, Staff, Unit
from qunyu.people.queries import root_unit, scope_of
from tests.deployment_copies import Copy
from tests.deployment_fixtures import NOW, PASSWORD
from tests.jobs.deployment import Deployment

ROUNDS = 6
SYSTEM = system_scope("tests")


def at_once(deployment: Deployment, *acts: Callable[[], object]) -> list[str]:
    """Does all of them at the same moment, each in a thread of its own; the codes of those that were refused."""
    barrier, refused = Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        with deployment.connected():
            barrier.wait()
            try:
                act()
            except DomainError as error:
                refused.append(error.code)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return refused


def test_two_directors_cannot_remove_each_other(copy: Copy, django_db_blocker: DjangoDbBlocker) -> None:
    deployment = copy()
    with django_db_blocker.unblock(), deployment.connected():
        people = [add_staff(by=SYSTEM, username=name, name="", password=PASSWORD, now=NOW) for name in ("ann", "bob")]
        for _ in range(ROUNDS):
            grants = [grant(by=SYSTEM, staff=each, role="director", unit=root_unit(), now=NOW) for each in people]
            scopes = [scope_of(each) for each in people]
            refused = at_once(
                deployment,
                partial(revoke, by=scopes[0], grant=grants[1], now=NOW),
                partial(revoke, by=scopes[1], grant=grants[0], now=NOW),
            )
            assert refused == ["last_director"]
            assert Grant.objects.count() == 1
        assert Staff.objects.count() == 2


def again(unit: Unit) -> Unit:
    """The unit read anew: threads do not share objects."""
    return Unit.objects.get(pk=unit.pk)


def test_two_moves_never_make_a_circle(copy: Copy, django_db_blocker: DjangoDbBlocker) -> None:
    deployment = copy()
    with django_db_blocker.unblock(), deployment.connected():
        for number in range(ROUNDS):
            one = add_unit(by=SYSTEM, parent=root_unit(), name=f"one {number}", now=NOW)
            two = add_unit(by=SYSTEM, parent=root_unit(), name=f"two {number}", now=NOW)
            refused = at_once(
                deployment,
                partial(move_unit, by=SYSTEM, unit=again(one), parent=again(two), now=NOW),
                partial(move_unit, by=SYSTEM, unit=again(two), parent=again(one), now=NOW),
            )
            assert refused == ["unit_cycle"]
        for each in Unit.objects.exclude(parent=None).select_related("parent"):
            assert each.parent is not None
            assert each.path == f"{each.parent.path}{each.pk}/"
