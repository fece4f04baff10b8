"""Timelines: the same moments however they are asked for, and a database that knows its tables after an import."""

from __future__ import annotations

import pytest
from django.db import connection

from qunyu.communities.models import Community
from qunyu.events.lake.timeline import Moment, Seen, moment_of, timeline
from qunyu.flows.place import lake
from qunyu.kernel.errors import DomainError
from qunyu.members.models import Identity
from tests.flows.conftest import Desk

# Five months, talked in by two people, one of them in two of the months alone.
TALK = "time,sender,message\n" + "".join(
    f"2025-{month:02d}-{day:02d} 09:00:0{day},{who},{who} {month}.{day}\n"
    for month in range(1, 6)
    for day in (1, 2, 3)
    for who in ("Ann", "Bo")
    if who == "Ann" or month in (1, 4)
)


@pytest.fixture
def everybody(desk: Desk) -> Seen:
    desk.bring({"tea.csv": TALK})
    return Seen(
        list(Identity.objects.values_list("id", flat=True)), list(Community.objects.values_list("id", flat=True))
    )


def test_a_timeline_goes_back_over_every_month(everybody: Seen) -> None:
    found = timeline(lake(), everybody, "", 100)
    assert [each.text for each in found[:3]] == ["Ann 5.3", "Ann 5.2", "Ann 5.1"]
    assert len(found) == len({each.cursor for each in found}) == 21
    assert [each.cursor for each in found] == sorted((each.cursor for each in found), reverse=True)


def test_ids_given_twice_show_nothing_twice(everybody: Seen) -> None:
    twice = Seen([*everybody.identities, *everybody.identities], [*everybody.communities, *everybody.communities])
    assert timeline(lake(), twice, "", 100) == timeline(lake(), everybody, "", 100)


@pytest.mark.parametrize("size", [1, 4, 20, 21, 22])
def test_parts_of_any_size_make_the_whole(everybody: Seen, size: int) -> None:
    found: list[Moment] = []
    while part := timeline(lake(), everybody, found[-1].cursor if found else "", size):
        assert len(part) <= size
        found += part
    assert found == timeline(lake(), everybody, "", 100)


def test_nobody_and_nowhere_have_no_timeline(everybody: Seen) -> None:
    assert timeline(lake(), Seen([], everybody.communities), "", 9) == []
    assert timeline(lake(), Seen(everybody.identities, []), "", 9) == []


@pytest.mark.parametrize("cursor", ["x", "1-ab", "00000000000000000001-", "00000000000000000001-XY' OR '1"])
def test_what_is_no_cursor_is_refused(everybody: Seen, cursor: str) -> None:
    with pytest.raises(DomainError) as refused:
        timeline(lake(), everybody, cursor, 9)
    assert (refused.value.code, refused.value.data["field"]) == ("bad_cursor", "before")


def test_a_cursor_tells_its_moment(everybody: Seen) -> None:
    first = timeline(lake(), everybody, "", 1)[0]
    at, fact = moment_of(first.cursor)
    assert (at, len(fact)) == (first.at, 32)


def test_after_an_import_the_database_knows_how_its_rows_are_spread(everybody: Seen) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL looks at its tables by itself")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'members_membership'")
        assert cursor.fetchone()[0] > 0
