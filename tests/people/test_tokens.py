"""API tokens: issued once, expiring, revoked, and never stronger than their owner."""

from datetime import timedelta
from typing import Any

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.queries import entries
from qunyu.kernel.scope import Denied, Scope
from qunyu.people.actions import Limits, add_unit, issue_token, revoke_token, set_active
from qunyu.people.models import ApiToken, Staff, Unit
from qunyu.people.queries import account_of, scope_of, scope_of_token, token_of, tokens_of
from tests.deployment_fixtures import NOW, AddStaff

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def mei(staff: AddStaff, unit: Unit) -> Staff:
    return staff("mei", "owner", unit)


def test_a_token_acts_with_its_owners_grants(mei: Staff) -> None:
    token, secret = issue_token(by=scope_of(mei), staff=mei, name="robot", expires_at=None, now=NOW)
    scope = scope_of_token(secret, NOW + timedelta(days=10_000))
    assert scope is not None
    assert scope.allowed == scope_of(mei).allowed
    assert (scope.actor.key, scope.actor.name, scope.everything) == (f"token:{token.pk}", "robot (Mei)", False)
    assert account_of(scope.actor) == (mei, token)


def test_only_the_digest_is_kept_and_the_audit_entry_holds_no_secret(mei: Staff) -> None:
    token, secret = issue_token(by=scope_of(mei), staff=mei, name="robot", expires_at=None, now=NOW)
    assert secret.startswith("qy_")
    assert len(secret) > 40
    row = ApiToken.objects.values().get(pk=token.pk)
    assert not any(secret in str(value) for value in row.values())
    entry = entries()[0]
    assert (entry.action, entry.object_id, entry.data) == ("token.issue", str(token.pk), {"staff": mei.pk})


def test_expiry_is_exact(mei: Staff) -> None:
    _, secret = issue_token(by=scope_of(mei), staff=mei, name="robot", expires_at=NOW + SECOND, now=NOW)
    assert scope_of_token(secret, NOW) is not None
    assert scope_of_token(secret, NOW + SECOND) is None
    assert scope_of_token(secret, NOW + 2 * SECOND) is None


def test_revoking_ends_it_at_once_and_once(mei: Staff) -> None:
    token, secret = issue_token(by=scope_of(mei), staff=mei, name="robot", expires_at=None, now=NOW)
    before = entries().count()
    revoke_token(by=scope_of(mei), token=token, now=NOW)
    revoke_token(by=scope_of(mei), token=token, now=NOW + SECOND)
    assert scope_of_token(secret, NOW) is None
    assert ApiToken.objects.get().revoked_at == NOW
    assert entries().count() == before + 1
    assert entries()[0].action == "token.revoke"


@pytest.mark.parametrize("wrong", ["", "qy_", "qy_nonsense", "{secret} ", "{digest}"])
def test_a_wrong_secret_opens_nothing(mei: Staff, wrong: str) -> None:
    token, secret = issue_token(by=scope_of(mei), staff=mei, name="robot", expires_at=None, now=NOW)
    assert scope_of_token(wrong.format(secret=secret, digest=token.digest), NOW) is None


def test_a_token_of_a_closed_account_may_nothing(system: Scope, mei: Staff) -> None:
    _, secret = issue_token(by=system, staff=mei, name="robot", expires_at=None, now=NOW)
    set_active(by=system, staff=mei, active=False, now=NOW)
    scope = scope_of_token(secret, NOW)
    assert scope is None or dict(scope.allowed) == {}


def test_tokens_of_others_are_for_those_who_manage_accounts(mei: Staff, staff: AddStaff, director: Staff) -> None:
    token, secret = issue_token(by=scope_of(director), staff=mei, name="robot", expires_at=None, now=NOW)
    tom = scope_of(staff("tom", "owner"))
    before = entries().count()
    with pytest.raises(Denied):
        issue_token(by=tom, staff=mei, name="spy", expires_at=None, now=NOW)
    with pytest.raises(Denied):
        revoke_token(by=tom, token=token, now=NOW)
    assert entries().count() == before
    assert ApiToken.objects.count() == 1
    assert scope_of_token(secret, NOW) is not None


def test_a_token_does_not_issue_tokens_of_its_owner(mei: Staff) -> None:
    _, secret = issue_token(by=scope_of(mei), staff=mei, name="robot", expires_at=None, now=NOW)
    scope = scope_of_token(secret, NOW)
    assert scope is not None
    with pytest.raises(DomainError) as caught:
        issue_token(by=scope, staff=mei, name="heir", expires_at=None, now=NOW)
    assert caught.value.code == "token_by_token"
    assert ApiToken.objects.count() == 1


def test_a_token_is_narrowed_to_permissions_and_a_unit(staff: AddStaff, system: Scope, unit: Unit) -> None:
    below = add_unit(by=system, parent=unit, name="静安店", now=NOW)
    ann = staff("ann", "director", unit)
    limits = Limits(("members.view", "communities.view"), below)
    token, secret = issue_token(by=scope_of(ann), staff=ann, name="robot", expires_at=None, now=NOW, limits=limits)
    scope = scope_of_token(secret, NOW)
    assert scope is not None
    assert dict(scope.allowed) == {each: {below.pk} for each in ("communities.view", "members.view")}
    assert token.permissions == ["communities.view", "members.view"]


def test_a_token_never_does_more_than_its_owner(staff: AddStaff, unit: Unit, other_unit: Unit) -> None:
    ann = staff("ann", "analyst", unit)
    wide = Limits(("communities.view", "staff.manage"), None)
    far = Limits(None, other_unit)
    _, one = issue_token(by=scope_of(ann), staff=ann, name="wide", expires_at=None, now=NOW, limits=wide)
    _, two = issue_token(by=scope_of(ann), staff=ann, name="far", expires_at=None, now=NOW, limits=far)
    for secret, allowed in ((one, {"communities.view": {unit.pk}}), (two, {})):
        scope = scope_of_token(secret, NOW)
        assert scope is not None
        assert dict(scope.allowed) == allowed


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"limits": Limits(())}, "bad_permission"),
        ({"limits": Limits(("members.fly",))}, "bad_permission"),
        ({"expires_at": NOW}, "bad_expiry"),
        ({"name": " "}, "bad_name"),
    ],
)
def test_what_makes_no_sense_issues_nothing(mei: Staff, values: dict[str, Any], code: str) -> None:
    asked = {"name": "robot", "expires_at": None, **values}
    with pytest.raises(DomainError) as caught:
        issue_token(by=scope_of(mei), staff=mei, now=NOW, **asked)
    assert (caught.value.code, ApiToken.objects.count()) == (code, 0)


def test_who_manages_one_unit_takes_over_nobody_above(staff: AddStaff, director: Staff, unit: Unit) -> None:
    ann = scope_of(staff("ann", "director", unit))
    with pytest.raises(Denied):
        issue_token(by=ann, staff=director, name="crown", expires_at=None, now=NOW)
    assert not ApiToken.objects.exists()


def test_ones_own_tokens_are_found_the_newest_first(mei: Staff, director: Staff) -> None:
    made = [issue_token(by=scope_of(mei), staff=mei, name=name, expires_at=None, now=NOW)[0] for name in ("one", "two")]
    assert tokens_of(mei) == made[::-1]
    assert token_of(mei, made[0].public_id) == made[0]
    with pytest.raises(DomainError) as caught:
        token_of(director, made[0].public_id)
    assert caught.value.code == "unknown_token"
