"""Who may not: without a good token, in another unit, without the permission."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from qunyu.communities.models import Community
from qunyu.events.models import Import
from qunyu.kernel.scope import Scope
from qunyu.members.models import Member
from qunyu.people.actions import revoke_token
from qunyu.people.models import ApiToken, Unit
from tests.api.calling import As, Caller, TokenOf
from tests.deployment_fixtures import AddStaff, sign_in

EVERYTHING = (
    "/me",
    "/units",
    "/metrics",
    "/metrics/revenue",
    "/board",
    "/cohorts",
    "/health",
    "/alerts",
    "/alerts/x",
    "/communities/x/health",
    "/communities",
    "/communities/x",
    "/communities/x/members",
    "/members",
    "/members/x",
    "/members/x/profile",
    "/members/x/profile/changes",
    "/members/x/contacts",
    "/members/x/moments",
    "/members/x/links",
    "/members/x/decisions",
    "/fields",
    "/suggestions",
    "/profile-imports",
    "/labels",
    "/reports",
    "/reports/x",
    "/schedules",
    "/advice",
    "/units/x/thresholds",
    "/orders",
    "/imports",
    "/imports/x",
    "/imports/x/problems",
    "/formats",
    "/duties",
    "/load",
    "/effort",
    "/work-entries",
    "/work-kinds",
    "/operators/x/people",
    "/operators/x/texts",
    "/units/x/load-limits",
)


@pytest.mark.django_db
@pytest.mark.parametrize("path", EVERYTHING)
def test_nobody_reads_without_signing_in(path: str) -> None:
    answer = Caller(Client()).get(path)
    assert (answer.status, answer.body["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize("secret", ["qy_unknown", " ", "qy_" + "x" * 5000])
def test_an_unknown_token_opens_nothing_even_beside_a_session(boss: Client, secret: str) -> None:
    answer = Caller(boss, secret).get("/me")
    assert (answer.status, answer.body["code"]) == (401, "bad_token")


def test_an_expired_and_a_revoked_token_open_nothing(staff: AddStaff, token_of: TokenOf, system: Scope) -> None:
    who = staff("ann", "director")
    expired = token_of(who)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    revoked = token_of(who)
    assert Caller(Client(), revoked).get("/me").status == 200
    revoke_token(by=system, token=ApiToken.objects.latest("id"), now=timezone.now())
    for secret in (expired, revoked):
        assert Caller(Client(), secret).get("/communities").status == 401


def test_somebody_inactive_is_nobody(staff: AddStaff, token_of: TokenOf, tea: Community) -> None:
    who = staff("bob", "director")
    secret = token_of(who)
    who.is_active = False
    who.save()
    answer = Caller(Client(), secret).get("/communities")
    assert answer.status in (401, 403)


@pytest.mark.parametrize(
    ("role", "path", "permission"),
    [
        ("", "/board", "communities.view"),
        ("", "/cohorts", "communities.view"),
        ("", "/health", "communities.view"),
        ("", "/alerts", "communities.view"),
        ("", "/communities/{tea}/health", "communities.view"),
        ("", "/communities", "communities.view"),
        ("", "/communities/{tea}", "communities.view"),
        ("analyst", "/communities/{tea}/members", "members.view"),
        ("analyst", "/members", "members.view"),
        ("analyst", "/members/{mei}", "members.view"),
        ("analyst", "/members/{mei}/profile", "members.view"),
        ("analyst", "/members/{mei}/profile/changes", "members.view"),
        ("analyst", "/members/{mei}/contacts", "members.view"),
        ("analyst", "/members/{mei}/moments", "members.view"),
        ("analyst", "/members/{mei}/links", "members.view"),
        ("analyst", "/members/{mei}/decisions", "members.view"),
        ("analyst", "/fields", "members.view"),
        ("analyst", "/suggestions", "members.view"),
        ("auditor", "/profile-imports", "members.edit"),
        ("analyst", "/orders?member={mei}", "members.view"),
        ("admin", "/orders", "orders.view"),
        ("analyst", "/imports", "imports.view"),
        ("analyst", "/imports/{import}", "imports.view"),
        ("analyst", "/imports/{import}/problems", "imports.view"),
    ],
)
def test_a_missing_permission_is_named(
    caller: As, shop: Unit, tea: Community, role: str, path: str, permission: str
) -> None:
    mei = Member.objects.filter(name="Mei")[0]
    ids = {"tea": tea.public_id, "mei": mei.public_id, "import": Import.objects.all()[0].public_id}
    answer = caller(role).get(path.format(**ids))
    assert (answer.status, answer.body["code"]) == (403, "denied")
    assert answer.body["detail"].startswith("You may not ")


def test_what_is_in_another_unit_is_not_there(caller: As, shop: Unit, tea: Community, other_unit: Unit) -> None:
    stranger = caller("owner", other_unit)
    mei, owner = Member.objects.filter(name="Mei")[0], Import.objects.all()[0]
    for path in ("/communities", "/members", "/orders", "/imports", "/health", "/alerts"):
        assert stranger.get(path).body["items"] == []
    for path, code in (
        (f"/communities/{tea.public_id}", "unknown_community"),
        (f"/communities/{tea.public_id}/members", "unknown_community"),
        (f"/communities/{tea.public_id}/health", "unknown_community"),
        (f"/health?communities={tea.public_id}", "unknown_community"),
        (f"/alerts?community={tea.public_id}", "unknown_community"),
        (f"/board?communities={tea.public_id}", "unknown_community"),
        (f"/cohorts?communities={tea.public_id}", "unknown_community"),
        (f"/members/{mei.public_id}", "unknown_member"),
        (f"/members/{mei.public_id}/profile", "unknown_member"),
        (f"/members/{mei.public_id}/contacts", "unknown_member"),
        (f"/members/{mei.public_id}/links", "unknown_member"),
        (f"/members/{mei.public_id}/decisions", "unknown_member"),
        (f"/orders?member={mei.public_id}", "unknown_member"),
        (f"/orders?unit={shop.public_id}", "unknown_unit"),
        (f"/communities?unit={shop.public_id}", "unknown_unit"),
        (f"/imports/{owner.public_id}", "unknown_import"),
        (f"/imports/{owner.public_id}/problems", "unknown_import"),
    ):
        answer = stranger.get(path)
        assert (answer.status, answer.body["code"]) == (404, code), path
    assert stranger.get("/board").body["figures"] == []
    assert [row["name"] for row in stranger.get("/units").body] == ["华南店"]
    assert stranger.get("/units").body[0]["parent"] is None


def test_revenue_and_orders_stay_hidden_without_orders_view(caller: As, shop: Unit) -> None:
    admin = caller("admin", shop)
    figure = admin.get("/board?metrics=revenue").body["figures"][0]
    assert (figure["value"], figure["reason"]["code"]) == (None, "permission")
    assert {row["name"] for row in admin.get("/members").body["items"]} == {"Lin", "Mei", "Tom", "小茶"}
    member = Member.objects.get(name="Mei", identities__platform="whatsapp")
    assert admin.get(f"/members/{member.public_id}").body["orders"] is None


def test_an_order_keeps_its_buyer_from_who_may_not_see_people(caller: As, shop: Unit) -> None:
    rows = caller("analyst", shop).get("/orders").body["items"]
    assert [row["number"] for row in rows] == ["A-4", "A-3", "A-2", "A-1"]
    assert [row["member"] for row in rows] == [None] * 4


def state_of(tea: Community) -> tuple[Any, ...]:
    """Everything a denied write could have changed."""
    tea.refresh_from_db()
    return tea.name, tea.type, list(Import.objects.values_list("public_id", "state"))


@pytest.mark.parametrize(
    ("role", "elsewhere", "status"), [("admin", False, 403), ("owner", True, 404), ("", False, 403)]
)
def test_a_denied_write_changes_nothing(
    caller: As, tea: Community, other_unit: Unit, role: str, elsewhere: bool, status: int
) -> None:
    somebody = caller(role, other_unit if elsewhere else tea.unit)
    before, owner = state_of(tea), Import.objects.get()
    edited = somebody.ask("patch", f"/communities/{tea.public_id}", {"name": "Mine"})
    undone = somebody.ask("delete", f"/imports/{owner.public_id}")
    assert (undone.status, state_of(tea)) == (status, before)
    assert edited.status in (403, 404)


def test_a_session_writes_only_with_its_csrf_token(staff: AddStaff, tea: Community) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, staff("ann", "director"))
    refused = Caller(client).ask("patch", f"/communities/{tea.public_id}", {"type": "lead"})
    assert (refused.status, refused.body["code"], state_of(tea)[1]) == (403, "csrf_failed", "")
    client.cookies["qunyu_csrf"] = "a" * 32
    done = Caller(client).ask("patch", f"/communities/{tea.public_id}", {"type": "lead"}, X_CSRFToken="a" * 32)
    assert (done.status, state_of(tea)[1]) == (200, "lead")


def test_a_token_needs_no_csrf_token(staff: AddStaff, token_of: TokenOf, tea: Community) -> None:
    client = Client(enforce_csrf_checks=True)
    somebody = Caller(client, token_of(staff("ann", "director")))
    assert somebody.ask("patch", f"/communities/{tea.public_id}", {"type": "lead"}).status == 200
