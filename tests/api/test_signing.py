"""Sessions, second factors and the rules of signing in, through the API."""

from __future__ import annotations

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from qunyu.people.models import Staff, StaffSession, Unit
from qunyu.people.second_factor import confirm, has_factor, setup_of, start_setup
from qunyu.people.sessions import begin_session
from qunyu.people.sign_in_rules import rules_now
from tests.api.calling import As, Caller, TokenOf
from tests.deployment_fixtures import AddStaff, SignedIn

EDGE = "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0"


@pytest.fixture
def mei(staff: AddStaff, unit: Unit) -> Staff:
    """An owner in the unit, signed in once."""
    made = staff("mei", "owner", unit)
    begin_session(staff=made, via="oidc", strong=True, address="203.0.113.9", agent=EDGE, now=timezone.now())
    return made


def test_ones_own_sessions(mei: Staff, signed_in: SignedIn) -> None:
    me = Caller(signed_in(mei))
    here, there = sorted(me.get("/sessions").body, key=lambda each: not each["current"])
    assert (here["current"], here["via"], here["second_factor"]) == (True, "password", False)
    assert {key: there[key] for key in ("device", "address", "via", "second_factor", "current")} == {
        "device": "Edge · Windows", "address": "203.0.113.9", "via": "oidc", "second_factor": True, "current": False,
    }  # fmt: skip
    assert me.ask("delete", f"/sessions/{there['id']}").body == {"count": 1}
    assert me.ask("delete", f"/sessions/{there['id']}").status == 404
    assert [each["id"] for each in me.get("/sessions").body] == [here["id"]]
    assert me.ask("delete", "/sessions").body == {"count": 0}


def test_a_token_tells_and_ends_its_owners_sessions(mei: Staff, signed_in: SignedIn, token_of: TokenOf) -> None:
    client = signed_in(mei)
    program = Caller(client, token_of(mei))
    assert [each["current"] for each in program.get("/sessions").body] == [False, False]
    assert program.ask("delete", "/sessions", Idempotency_Key="k").body == {"count": 2}
    assert program.ask("delete", "/sessions", Idempotency_Key="k").body == {"count": 2}
    assert Caller(client).get("/me").status == 401


def test_who_manages_an_account_sees_and_ends_its_sessions(mei: Staff, caller: As, unit: Unit) -> None:
    boss = caller("director", unit)
    (session,) = boss.get(f"/staff/{mei.public_id}/sessions").body
    assert boss.ask("delete", f"/staff/{mei.public_id}/sessions/{session['id']}").body == {"count": 1}
    assert boss.get(f"/staff/{mei.public_id}/sessions").body == []
    assert boss.ask("delete", f"/staff/{mei.public_id}/sessions").body == {"count": 0}


@pytest.mark.parametrize(("role", "status"), [("owner", 403), ("director", 404)])
def test_others_reach_no_session(role: str, status: int, mei: Staff, caller: As, other_unit: Unit) -> None:
    stranger, session = caller(role, other_unit), StaffSession.objects.get()
    staff = f"/staff/{mei.public_id}"
    for method, path in (
        ("get", "/sessions"),
        ("delete", "/sessions"),
        ("delete", f"/sessions/{session.public_id}"),
        ("delete", "/second-factor"),
    ):
        assert stranger.ask(method, staff + path).status == status, path
    assert stranger.ask("delete", f"/sessions/{session.public_id}").status == 404
    session.refresh_from_db()
    assert session.ended_at is None


def test_a_lost_second_factor_is_reset(mei: Staff, caller: As, unit: Unit) -> None:
    boss = caller("director", unit)
    assert boss.ask("delete", f"/staff/{mei.public_id}/second-factor").body["code"] == "factor_off"
    start_setup(staff=mei, now=timezone.now())
    setup = setup_of(mei)
    assert setup is not None
    confirm(staff=mei, code=pyotp.TOTP(setup.secret).at(timezone.now()), now=timezone.now())
    assert boss.ask("delete", f"/staff/{mei.public_id}/second-factor").body == {
        "on": False,
        "since": None,
        "codes_left": 0,
    }
    assert not has_factor(mei)
    assert boss.get("/second-factor").body["on"] is False


def test_the_rules_are_read_and_changed(api: Caller, caller: As, unit: Unit) -> None:
    assert api.get("/sign-in-rules").body["min_length"] == 10
    changed = api.ask("patch", "/sign-in-rules", {"min_length": 12, "second_factor": "everybody"})
    assert (changed.body["min_length"], changed.body["second_factor"], changed.body["idle_minutes"]) == (
        12,
        "everybody",
        10_080,
    )
    assert api.ask("patch", "/sign-in-rules", {"min_length": 9}).status == 422
    assert caller("director", unit).ask("patch", "/sign-in-rules", {"min_length": 20}).status == 403
    assert caller("owner").get("/sign-in-rules").status == 403
    assert rules_now().min_length == 12


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sessions", "/second-factor", "/sign-in-rules", "/staff/x/sessions"])
def test_nobody_reads_them_without_signing_in(path: str) -> None:
    assert Caller(Client()).get(path).status == 401
