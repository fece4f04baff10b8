"""Laws of merging: it rewrites nothing, so it can be undone exactly, and who is one person never depends on what came first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunyu.events.models import Import
from qunyu.kernel.errors import DomainError
from qunyu.kernel.platform_ids import keyed_id
from qunyu.kernel.scope import Scope, system_scope
from qunyu.members import merging
from qunyu.members.actions import Seen, forget_unused, know
from qunyu.members.contacts import note_contact
from qunyu.members.links import add_link
from qunyu.members.matching import match
from qunyu.members.merging import decide, decisions_of, merge, take_back, unmerge
from qunyu.members.models import Identity, Member, MergeDecision
from qunyu.members.profile import change, profile
from tests.deployment_fixtures import NOW

PEOPLE = range(7)
KEYS = st.sampled_from(PEOPLE)
PAIRS = st.tuples(KEYS, KEYS).filter(lambda pair: pair[0] != pair[1])
# Who of seven has which of three phones and two union ids: families share some, and marks overlap.
MARKS = st.tuples(KEYS, st.sampled_from(["", "p1", "p2", "p3"]), st.sampled_from(["", "u1", "u2"]))
FILES = st.lists(st.lists(MARKS, min_size=1, max_size=4), min_size=1, max_size=4)
LAW = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
Grouping = set[frozenset[str]]


@pytest.fixture
def scope(db: None, monkeypatch: pytest.MonkeyPatch) -> Scope:
    """Sees everything; nobody is labelled anew."""
    monkeypatch.setattr(merging, "enqueue", lambda *_, **__: "")
    return system_scope("laws")


@contextmanager
def world() -> Iterator[None]:
    """A database of the example's own."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def bring(scope: Scope, file: Iterable[tuple[int, str, str]]) -> Import:
    """An import that tells of people, with their phones and union ids."""
    owner = Import.objects.create(unit_id=1, title="laws", created_at=NOW, state="done", finished_at=NOW)
    seen = {key: Seen("wechat", None, f"w{key}", f"Name {key}", "", phone, union) for key, phone, union in file}
    know(by=scope, seen=list(seen.values()), import_id=owner.pk)
    return owner


def everybody(scope: Scope) -> Import:
    """The seven people, of whom nothing else is told."""
    return bring(scope, [(key, "", "") for key in PEOPLE])


def known_things(scope: Scope) -> None:
    """Profiles, contacts and links of some of the seven."""
    for key in (0, 1, 2):
        told = {"region": f"city {key}", "real_name": f"Person {key}", **({"phone": "13800000000"} if key == 2 else {})}
        change(by=scope, member=identity(key).member, changes=told, now=NOW, today=NOW.date())
        note_contact(
            by=scope,
            member=identity(key).member,
            now=NOW,
            at=NOW,
            channel="call",
            direction="in",
            summary=f"call {key}",
        )
    if identity(0).member_id != identity(3).member_id:
        add_link(by=scope, pair=(identity(0).member, identity(3).member), kind="parent", now=NOW)


def told_of(scope: Scope) -> set[str]:
    """Every value that the pages of the people there are show, those beside the one that counts included."""
    found = [
        each for member in {identity(key).member for key in PEOPLE} for each in profile(scope, member, reveal=True)
    ]
    told = [each for answer in found for each in (answer.told, *answer.also) if each is not None]
    return {each.text.zh for each in told}


def identity(key: int) -> Identity:
    return Identity.objects.select_related("member").get(key=keyed_id(f"w{key}"))


def people() -> Grouping:
    """Who is one person, by their platforms' ids."""
    found: dict[int, set[str]] = {}
    for each in Identity.objects.all():
        found.setdefault(each.member_id, set()).add(each.clear_key)
    return {frozenset(each) for each in found.values()}


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of members but for the decisions themselves."""
    models = [each for each in apps.get_app_config("members").get_models() if each is not MergeDecision]
    return {each.__name__: sorted(each._default_manager.values(), key=lambda row: row["id"]) for each in models}


def say(scope: Scope, pair: tuple[int, int], verdict: str) -> list[MergeDecision]:
    ids = (identity(pair[0]).pk, identity(pair[1]).pk)
    return decide(by=scope, pairs=[ids], verdict=verdict, now=NOW)


@LAW
@given(files=FILES, pair=PAIRS)
def test_merging_and_taking_it_back_restores_every_row(
    scope: Scope, files: list[list[tuple[int, str, str]]], pair: tuple[int, int]
) -> None:
    with world():
        everybody(scope)
        for file in files:
            bring(scope, file)
        known_things(scope)
        before = rows()
        made = say(scope, pair, "same")
        assert identity(pair[0]).member_id == identity(pair[1]).member_id
        assert take_back(by=scope, decisions=made, now=NOW) == 1
        assert rows() == before
        assert take_back(by=scope, decisions=made, now=NOW) == 0


@LAW
@given(files=FILES, pair=PAIRS)
def test_merging_and_unmerging_restores_every_row(
    scope: Scope, files: list[list[tuple[int, str, str]]], pair: tuple[int, int]
) -> None:
    with world():
        everybody(scope)
        for file in files:
            bring(scope, file)
        known_things(scope)
        one, other = identity(pair[0]).member, identity(pair[1]).member
        if one.pk == other.pk:
            return
        before, side = rows(), set(other.identities.values_list("id", flat=True))
        merge(by=scope, one=one, other=other, now=NOW)
        unmerge(by=scope, member=identity(pair[0]).member, identities=side, now=NOW)
        assert rows() == before


@LAW
@given(files=FILES, said=st.lists(st.tuples(PAIRS, st.sampled_from(["same", "different", "later"])), max_size=4))
def test_nothing_is_lost_and_nothing_but_who_belongs_to_whom_changes(
    scope: Scope, files: list[list[tuple[int, str, str]]], said: list[tuple[tuple[int, int], str]]
) -> None:
    with world():
        everybody(scope)
        for file in files:
            bring(scope, file)
        known_things(scope)
        before, told = rows(), told_of(scope)
        for pair, verdict in said:
            say(scope, pair, verdict)
        after = rows()
        assert after.keys() == before.keys()
        for name, kept in before.items():
            assert [{**row, "member_id": 0} if name == "Identity" else row for row in after[name]] == [
                {**row, "member_id": 0} if name == "Identity" else row for row in kept
            ]
        assert told <= told_of(scope)


@LAW
@given(files=FILES, said=st.lists(st.tuples(PAIRS, st.sampled_from(["same", "different"])), max_size=5))
def test_the_last_word_holds_and_taking_everything_back_restores_every_row(
    scope: Scope, files: list[list[tuple[int, str, str]]], said: list[tuple[tuple[int, int], str]]
) -> None:
    with world():
        everybody(scope)
        for file in files:
            bring(scope, file)
        before = rows()
        acts = []
        for pair, verdict in said:
            acts.append(say(scope, pair, verdict))
            together = identity(pair[0]).member_id == identity(pair[1]).member_id
            assert together == (verdict == "same")
        for made in reversed(acts):
            take_back(by=scope, decisions=made, now=NOW)
        assert rows() == before


@LAW
@given(files=FILES, said=st.lists(st.tuples(PAIRS, st.sampled_from(["same", "different"])), max_size=4), data=st.data())
def test_imports_before_after_and_between_give_the_same_people(
    scope: Scope,
    files: list[list[tuple[int, str, str]]],
    said: list[tuple[tuple[int, int], str]],
    data: st.DataObject,
) -> None:
    """Where every pair is spoken of once, and as nobody's word contradicts another's, decisions and imports come in any order."""
    once = {tuple(sorted(pair)): verdict for pair, verdict in said}
    verdicts = set(once.values())
    if len(verdicts) == 2:
        once = dict.fromkeys(once, "different")
    work: list[Any] = [*files, *once.items()]
    shuffled = data.draw(st.permutations(work))
    found = []
    for order in (work, shuffled):
        with world():
            everybody(scope)
            for each in order:
                if isinstance(each, tuple):
                    say(scope, each[0], each[1])
                else:
                    bring(scope, each)
            if verdicts == {"same"}:
                found.append(people())
                continue
            for one, other in once:
                assert identity(one).member_id != identity(other).member_id
    assert found[:1] == found[1:]


@LAW
@given(files=FILES, said=st.lists(st.tuples(PAIRS, st.sampled_from(["same", "different"])), max_size=4), data=st.data())
def test_who_is_one_person_follows_from_marks_and_decisions_alone(
    scope: Scope,
    files: list[list[tuple[int, str, str]]],
    said: list[tuple[tuple[int, int], str]],
    data: st.DataObject,
) -> None:
    """The same marks under other database ids, brought in another order, with the same decisions standing: the same people."""
    with world():
        everybody(scope)
        for file in files:
            bring(scope, file)
        for pair, verdict in said:
            say(scope, pair, verdict)
        standing = [
            (each.one.key, each.other.key, each.verdict)
            for each in MergeDecision.objects.filter(ended_at=None).select_related("one", "other")
        ]
        first = people()
    with world():
        bring(scope, [(key, "", "") for key in data.draw(st.permutations(list(PEOPLE)))])
        ids = dict(Identity.objects.values_list("key", "id"))
        for one, other, verdict in standing:
            low, high = sorted((ids[one], ids[other]))
            MergeDecision.objects.create(
                act="x", one_id=low, other_id=high, verdict=verdict, at=NOW, by="x", by_name="x"
            )
        for file in data.draw(st.permutations(files)):
            bring(scope, file)
        match(set(ids.values()))
        assert people() == first


@LAW
@given(files=FILES, pair=PAIRS)
def test_merging_is_symmetric(scope: Scope, files: list[list[tuple[int, str, str]]], pair: tuple[int, int]) -> None:
    found = []
    for one, other in (pair, pair[::-1]):
        with world():
            everybody(scope)
            for file in files:
                bring(scope, file)
            say(scope, (one, other), "same")
            found.append(people())
    assert found[0] == found[1]


@LAW
@given(kept=FILES, undone=FILES, said=st.lists(st.tuples(PAIRS, st.sampled_from(["same", "different"])), max_size=3))
def test_an_undone_import_takes_no_decision_away(
    scope: Scope,
    kept: list[list[tuple[int, str, str]]],
    undone: list[list[tuple[int, str, str]]],
    said: list[tuple[tuple[int, int], str]],
) -> None:
    """Imports that come and go leave what was decided, and the people that marks and decisions make without them."""
    with world():
        everybody(scope)
        for file in kept:
            bring(scope, file)
        for pair, verdict in said:
            say(scope, pair, verdict)
        before, standing = people(), list(MergeDecision.objects.order_by("id").values())
        for owner in [bring(scope, file) for file in undone]:
            forget_unused(by=scope, import_id=owner.pk, heirs={})
        assert people() == before
        assert list(MergeDecision.objects.order_by("id").values()) == standing


@LAW
@given(pair=PAIRS, phone=st.sampled_from(["", "p1"]))
def test_an_identity_that_disappears_takes_its_decisions_with_it(
    scope: Scope, pair: tuple[int, int], phone: str
) -> None:
    with world():
        everybody(scope)
        owner = bring(scope, [(9, phone, "")])
        before = rows()
        say(scope, (pair[0], 9), "same")
        say(scope, (pair[1], 9), "same")
        forget_unused(by=scope, import_id=owner.pk, heirs={})
        assert not MergeDecision.objects.exists()
        assert people() == {frozenset({f"w{key}"}) for key in PEOPLE}
        left = {name: [row for row in found if row["id"]] for name, found in rows().items()}
        assert [row["key"] for row in left["Identity"]] == [
            r["key"] for r in before["Identity"] if r["key"] != keyed_id("w9")
        ]


def test_nobody_is_merged_with_themselves(scope: Scope) -> None:
    everybody(scope)
    before = rows()
    mine = identity(1)
    for attempt in (
        lambda: merge(by=scope, one=mine.member, other=mine.member, now=NOW),
        lambda: decide(by=scope, pairs=[(mine.pk, mine.pk)], verdict="same", now=NOW),
    ):
        with pytest.raises(DomainError) as raised:
            attempt()
        assert raised.value.code == "merge_self"
    assert (rows(), MergeDecision.objects.count()) == (before, 0)


def test_all_or_nothing_of_a_person_cannot_be_parted(scope: Scope) -> None:
    everybody(scope)
    mine = identity(1)
    for identities in ((), (mine.pk,), (identity(2).pk,)):
        with pytest.raises(DomainError) as raised:
            unmerge(by=scope, member=mine.member, identities=identities, now=NOW)
        assert raised.value.code == "unmerge_part"
    assert decisions_of(mine.member) == []


def test_parting_overrules_a_phone_that_everybody_shares(scope: Scope) -> None:
    """Of five with one phone, one is somebody else; and stays so when the phone is told again."""
    bring(scope, [(key, "p1", "") for key in range(5)])
    member = Member.objects.filter(identities__isnull=False).distinct().get()
    made = unmerge(by=scope, member=member, identities=[identity(3).pk], now=NOW)
    assert people() == {frozenset({"w3"}), frozenset({"w0", "w1", "w2", "w4"})}
    assert len(made) == 4
    bring(scope, [(key, "p1", "") for key in range(6)])
    # A newcomer with that phone is one of the two; which, the order of the hashes says.
    assert not any("w3" in group and group & {"w0", "w1", "w2", "w4"} for group in people())
    assert take_back(by=scope, decisions=made, now=NOW) == 4
    assert people() == {frozenset(f"w{key}" for key in range(6))}
