"""Laws of tagging: what is done is undone exactly, many at once is one by one, and merging people moves no tagging."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope, system_scope
from qunyu.members import merging
from qunyu.members.merging import merge, take_back
from qunyu.members.models import Identity, Member, Tag, TagAct, Tagging
from qunyu.members.tag_queries import carried
from qunyu.members.tag_rules import keep
from qunyu.members.tagging import put, take_off, undo
from qunyu.members.tags import add_group, add_tag
from qunyu.people.queries import root_unit
from tests.deployment_fixtures import NOW

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def nobody_is_labelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Merging asks for no job."""
    monkeypatch.setattr(merging, "enqueue", lambda *_, **__: "")


# Laws, over three people and a free and an exclusive group of two tags each.
WHO = st.sets(st.integers(0, 2), min_size=1)
DOINGS = st.lists(st.tuples(st.sampled_from(["put", "take", "keep"]), st.integers(0, 3), WHO), min_size=1, max_size=6)
LAW = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
State = set[tuple[int, int, str]]


@contextmanager
def world() -> Iterator[tuple[Scope, list[Tag], list[Member]]]:
    """A database of the example's own."""
    scope, root = system_scope("laws"), root_unit()
    with transaction.atomic():
        tags = []
        for name, exclusive in (("free", False), ("one", True)):
            group = add_group(by=scope, unit=root, name=name, exclusive=exclusive, now=NOW)
            tags += [add_tag(by=scope, group=group, name=each, now=NOW) for each in ("a", "b")]
        people = [Member.objects.create(name=f"P{number}") for number in range(3)]
        for each in people:
            Identity.objects.create(member=each, own_member=each, platform="wechat", key=each.name, name=each.name)
        yield scope, tags, people
        transaction.set_rollback(True)


def do(scope: Scope, tag: Tag, people: list[int], how: str, at: datetime) -> TagAct | None:
    """The act, if there was anything to do."""
    try:
        if how == "keep":
            keep(by=scope, tag=tag, members=people, why="r", now=at)
            return None
        return (put if how == "put" else take_off)(by=scope, tag=tag, members=people, now=at)
    except DomainError as error:
        assert error.code in ("tag_changes_nothing", "rule_holds")
        return None


def live() -> State:
    return set(Tagging.objects.filter(withdrawn_at=None).values_list("member", "tag", "source"))


def doings(scope: Scope, tags: list[Tag], people: list[Member], given: list[tuple[str, int, set[int]]]) -> datetime:
    at = NOW
    for how, tag, who in given:
        at += HOUR
        do(scope, tags[tag], [people[each].pk for each in who], how, at)
    return at


@LAW
@given(before=DOINGS, tag=st.integers(0, 3), who=WHO, how=st.sampled_from(["put", "take"]))
def test_doing_and_undoing_is_nothing(
    db: None, before: list[tuple[str, int, set[int]]], tag: int, who: set[int], how: str
) -> None:
    with world() as (scope, tags, people):
        at = doings(scope, tags, people, before)
        then = live()
        act = do(scope, tags[tag], [people[each].pk for each in who], how, at + HOUR)
        if act is not None:
            assert live() != then
            undo(by=scope, act=act, now=at + HOUR)
        assert live() == then


@LAW
@given(before=DOINGS, tag=st.integers(0, 3), who=WHO, how=st.sampled_from(["put", "take"]))
def test_many_at_once_is_one_by_one(
    db: None, before: list[tuple[str, int, set[int]]], tag: int, who: set[int], how: str
) -> None:
    found = []
    for at_once in (True, False):
        with world() as (scope, tags, people):
            at = doings(scope, tags, people, before) + HOUR
            chosen = [people[each].pk for each in sorted(who)]
            for part in [chosen] if at_once else [[each] for each in chosen]:
                do(scope, tags[tag], part, how, at)
            places = {**{each.pk: n for n, each in enumerate(people)}, **{-each.pk: n for n, each in enumerate(tags)}}
            found.append({(places[member], places[-tag], source) for member, tag, source in live()})
    assert found[0] == found[1]


@LAW
@given(before=DOINGS, after=DOINGS, pair=st.sampled_from([(0, 1), (0, 2), (1, 2)]))
def test_merging_and_parting_restores_every_tagging(
    db: None, before: list[tuple[str, int, set[int]]], after: list[tuple[str, int, set[int]]], pair: tuple[int, int]
) -> None:
    with world() as (scope, tags, people):
        doings(scope, tags, people, before)
        rows = list(Tagging.objects.order_by("pk").values())
        told = {each.pk: carried(scope, [each.pk]) for each in people}
        decision = merge(by=scope, one=people[pair[0]], other=people[pair[1]], now=NOW)
        take_back(by=scope, decisions=[decision], now=NOW)
        assert list(Tagging.objects.order_by("pk").values()) == rows
        assert {each.pk: carried(scope, [each.pk]) for each in people} == told
