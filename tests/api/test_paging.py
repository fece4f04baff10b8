"""Pages: everything exactly once, in a stable order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunyu.api.paging import MAX_LIMIT
from qunyu.communities.models import Community
from qunyu.members.models import Identity, Member, Membership
from qunyu.people.models import Unit
from tests.api.calling import Caller
from tests.deployment_fixtures import NOW

SORTS = ("name", "-name", "platform", "-platform", "type", "-type", "theme", "-theme")


@pytest.fixture
def many(unit: Unit) -> list[Community]:
    """37 communities of which many share a name, platform, type and theme."""
    rows = [
        Community(
            unit=unit,
            platform=("qq", "wechat")[n % 2],
            key=f"k{n}",
            name=f"群 {n % 5}",
            type=("", "lead", "sales")[n % 3],
            theme=("", "tea")[n % 2],
        )
        for n in range(37)
    ]
    return Community.objects.bulk_create(rows)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 60), sort=st.sampled_from(SORTS))
def test_walking_gives_everything_once_in_order(api: Caller, many: list[Community], limit: int, sort: str) -> None:
    rows = api.all_of(f"/communities?limit={limit}&sort={sort}")
    assert sorted(row["id"] for row in rows) == sorted(each.public_id for each in many)
    values = [row[sort.lstrip("-")] for row in rows]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_filters_hold_on_every_page(api: Caller, many: list[Community]) -> None:
    rows = api.all_of("/communities?platform=qq&limit=4&sort=type")
    assert {row["platform"] for row in rows} == {"qq"}
    assert len(rows) == len({row["id"] for row in rows}) == 19


def test_rows_that_come_and_go_repeat_and_hide_no_others(api: Caller, many: list[Community], unit: Unit) -> None:
    first = api.get("/communities?limit=10").body
    Community.objects.create(unit=unit, platform="qq", key="new", name="群")
    Community.objects.filter(public_id=first["items"][3]["id"]).delete()
    rest = api.all_of(first["next"])
    seen = [row["id"] for row in (*first["items"], *rest)]
    assert sorted(seen) == sorted(each.public_id for each in many)


def test_one_page_that_holds_all_has_no_next(api: Caller, many: list[Community]) -> None:
    assert api.get("/communities?limit=37").body["next"] is None
    assert api.get("/communities?limit=36").body["next"] is not None
    assert api.get(f"/communities?limit={MAX_LIMIT}").body["next"] is None


def test_the_link_is_an_address_of_ours_without_inner_ids(api: Caller, many: list[Community]) -> None:
    following = api.get("/communities?limit=5&search=群").body["next"]
    assert following.startswith("/api/v1/communities?")
    assert "limit=5" in following


@pytest.mark.parametrize("sort", ["-last_at", "last_at", "-messages", "-first_at"])
def test_members_of_a_community_with_equal_times_come_once(api: Caller, many: list[Community], sort: str) -> None:
    people = Member.objects.bulk_create([Member(name=f"M{n % 3}") for n in range(23)])
    named = [
        Identity(
            member=each,
            own_member=each,
            platform="qq",
            key=f"u{n % 12}",
            name="M",
            community=many[0] if n >= 12 else None,
        )
        for n, each in enumerate(people)
    ]
    Membership.objects.bulk_create(
        Membership(identity=each, community=many[0], first_at=NOW, last_at=NOW, messages=1)
        for each in Identity.objects.bulk_create(named)
    )
    rows = api.all_of(f"/communities/{many[0].public_id}/members?limit=4&sort={sort}")
    assert sorted(row["member"]["id"] for row in rows) == sorted(each.public_id for each in people)
    assert len(api.all_of("/members?limit=5")) == 23


def test_orders_page_over_equal_times(api: Caller, shop: Unit) -> None:
    for sort in ("-ordered_at", "amount"):
        rows = api.all_of(f"/orders?limit=1&sort={sort}")
        assert sorted(row["number"] for row in rows) == ["A-1", "A-2", "A-3", "A-4"]


def test_imports_asked_at_one_moment_page(api: Caller, shop: Unit) -> None:
    rows = api.all_of("/imports?limit=1")
    assert sorted(row["title"] for row in rows) == ["WhatsApp Chat with Tea lovers.txt", "orders.csv"]
