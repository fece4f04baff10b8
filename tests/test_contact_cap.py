"""The contact cap under sixteen workers at once, in real transactions: whoever asks, nobody is contacted more often than that."""

from __future__ import annotations

import ast
from collections import Counter
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

from pytest_django import DjangoDbBlocker

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import system_scope
from qunyu.members import contacting
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


# What tells that somebody was reached, and notes that pass the gate by, beside the modules that may make them.
REACHED = {
    "Given": {"offers/actions.py"},
    "Attempt": {"prospects/actions.py"},
    "FavourAsk": {"care/asks.py"},
    "Ask": {"satisfaction/surveys.py"},
}
BY_HAND = {"api/routes/profiles.py", "console/pages/member_editing.py", "simulation/caring.py"}


def makers_in(path: Path) -> set[str]:
    """The models of REACHED that a file makes rows of, "note_contact" where it notes a contact by hand, and "claim" where it asks the gate."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        name, _, last = called.rpartition(".")
        if last in ("create", "bulk_create", "get_or_create", "update_or_create"):
            found.add(name.split(".")[0])
        elif called == "contacting.noted" or last in ("note_contact", "claim", "claim_many", *REACHED):
            found.add({"noted": "note_contact", "claim_many": "claim"}.get(last, last))
    return found


def test_whoever_says_that_somebody_was_reached_asked_the_gate() -> None:
    source = Path(contacting.__file__).parents[1]
    made = {
        path.relative_to(source).as_posix(): makers_in(path)
        for path in source.rglob("*.py")
        if "migrations" not in path.parts
    }
    for model, places in REACHED.items():
        # No other package may import the model (import contract 2); some have one of the same name.
        package = next(iter(places)).split("/")[0]
        here = {place for place, found in made.items() if model in found and place.startswith(f"{package}/")}
        assert here == places, model
        assert all("claim" in made[place] for place in places), model
    hand = {place for place, found in made.items() if "note_contact" in found}
    assert hand - {"members/contacts.py"} == BY_HAND
