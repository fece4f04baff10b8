"""Codes of an app and recovery codes: each once, one step either way, nothing in the clear."""

from __future__ import annotations

from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.queries import entries
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.sealed import seal
from qunyu.people.models import RecoveryCode, SecondFactor, Staff, StaffSession, Unit
from qunyu.people.queries import scope_of
from qunyu.people.second_factor import (
    accept,
    confirm,
    factor_of,
    has_factor,
    renew_codes,
    reset_factor,
    setup_of,
    start_setup,
    switch_off,
)
from qunyu.people.sessions import begin_session
from tests.deployment_fixtures import NOW, PASSWORD, AddStaff

pytestmark = pytest.mark.django_db
STEP = timedelta(seconds=30)


def app_of(staff: Staff) -> pyotp.TOTP:
    """The app of somebody who has just scanned the code."""
    start_setup(staff=staff, now=NOW)
    setup = setup_of(staff)
    assert setup is not None
    return pyotp.parse_uri(setup.address)  # type: ignore[return-value]


@pytest.fixture
def mei(staff: AddStaff) -> Staff:
    """Somebody without a second factor yet."""
    return staff("mei", "owner")


def refused(code: str, act: object) -> None:
    before = (list(SecondFactor.objects.values_list()), RecoveryCode.objects.count(), entries().count())
    with pytest.raises(DomainError) as caught:
        act()  # type: ignore[operator]
    assert caught.value.code == code
    assert (list(SecondFactor.objects.values_list()), RecoveryCode.objects.count(), entries().count()) == before


def test_it_is_on_after_the_first_code(mei: Staff) -> None:
    app = app_of(mei)
    assert (app.issuer, app.name) == ("Qunyu", "mei")
    assert not has_factor(mei)
    refused("wrong_code", lambda: confirm(staff=mei, code="000000x", now=NOW))
    codes = confirm(staff=mei, code=app.at(NOW), now=NOW)
    assert len(set(codes)) == 10
    assert (factor_of(mei).since, factor_of(mei).codes_left) == (NOW, 10)
    assert setup_of(mei) is None
    assert entries()[0].action == "factor.set_up"
    refused("factor_on", lambda: start_setup(staff=mei, now=NOW))
    refused("factor_on", lambda: confirm(staff=mei, code=app.at(NOW + 2 * STEP), now=NOW + 2 * STEP))


def test_neither_secret_nor_codes_lie_in_the_clear(mei: Staff) -> None:
    app = app_of(mei)
    (codes, kept) = confirm(staff=mei, code=app.at(NOW), now=NOW), SecondFactor.objects.get()
    assert app.secret not in kept.secret
    plain = {each.replace("-", "") for each in codes} | set(codes)
    assert not plain & set(RecoveryCode.objects.values_list("digest", flat=True))
    told = str(list(entries().values_list("data", "reason")))
    assert app.secret not in told
    assert not any(each in told for each in plain)


def test_the_vectors_of_rfc_6238_are_accepted(mei: Staff) -> None:
    """Source: RFC 6238, appendix B (SHA-1), the last six of its eight digits."""
    secret = b32encode(b"12345678901234567890").decode()
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        SecondFactor.objects.all().delete()
        at = datetime.fromtimestamp(seconds, UTC)
        SecondFactor.objects.create(staff=mei, secret=seal(secret, "second factor"), begun_at=NOW, confirmed_at=NOW)
        assert accept(staff=mei, code=code, now=at) == "code", seconds
        assert accept(staff=mei, code=code, now=at) == "", seconds


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(steps: int, good: bool, mei: Staff) -> None:
    app = app_of(mei)
    confirm(staff=mei, code=app.at(NOW), now=NOW)
    later = NOW + 10 * STEP
    assert bool(accept(staff=mei, code=app.at(later + steps * STEP), now=later)) is good


def test_a_code_counts_once_and_none_before_it_afterwards(mei: Staff) -> None:
    app = app_of(mei)
    confirm(staff=mei, code=app.at(NOW), now=NOW)
    assert accept(staff=mei, code=app.at(NOW), now=NOW) == ""
    later = NOW + 5 * STEP
    assert accept(staff=mei, code=f" {app.at(later)[:3]} {app.at(later)[3:]} ", now=later) == "code"
    assert accept(staff=mei, code=app.at(later), now=later) == ""
    assert accept(staff=mei, code=app.at(later - STEP), now=later) == ""
    assert accept(staff=mei, code=app.at(later + STEP), now=later) == "code"


def test_a_recovery_code_counts_once_however_it_is_typed(mei: Staff) -> None:
    app = app_of(mei)
    codes = confirm(staff=mei, code=app.at(NOW), now=NOW)
    assert accept(staff=mei, code=f" {codes[3].upper().replace('-', ' ')} ", now=NOW) == "recovery"
    assert accept(staff=mei, code=codes[3], now=NOW) == ""
    assert factor_of(mei).codes_left == 9
    assert (entries()[0].action, entries()[0].data) == ("factor.recovery", {"left": 9})


@pytest.mark.parametrize("code", ["", " ", "١٢٣٤٥٦", "12345", "aaaa-bbbb-cccc", "\0"])
def test_nonsense_is_no_code(code: str, mei: Staff) -> None:
    app = app_of(mei)
    confirm(staff=mei, code=app.at(NOW), now=NOW)
    assert accept(staff=mei, code=code, now=NOW) == ""


def test_recovery_codes_are_nobody_elses(mei: Staff, staff: AddStaff) -> None:
    lin = staff("lin")
    codes = confirm(staff=mei, code=app_of(mei).at(NOW), now=NOW)
    confirm(staff=lin, code=app_of(lin).at(NOW), now=NOW)
    assert accept(staff=lin, code=codes[0], now=NOW) == ""


def test_new_recovery_codes_make_the_old_worthless(mei: Staff) -> None:
    app = app_of(mei)
    old = confirm(staff=mei, code=app.at(NOW), now=NOW)
    later = NOW + 3 * STEP
    refused("wrong_code", lambda: renew_codes(staff=mei, code="nothing", now=later))
    new = renew_codes(staff=mei, code=app.at(later), now=later)
    assert not set(old) & set(new)
    assert accept(staff=mei, code=old[0], now=later) == ""
    assert accept(staff=mei, code=new[0], now=later) == "recovery"


def test_it_is_switched_off_with_password_and_code(mei: Staff) -> None:
    app = app_of(mei)
    here = begin_session(staff=mei, via="password", strong=False, now=NOW)
    confirm(staff=mei, code=app.at(NOW), here=here.pk, now=NOW)
    later = NOW + 3 * STEP
    refused("wrong_password", lambda: switch_off(staff=mei, password="no", code=app.at(later), now=later))
    refused("wrong_code", lambda: switch_off(staff=mei, password=PASSWORD, code=app.at(NOW), now=later))
    assert StaffSession.objects.get().strong
    switch_off(staff=mei, password=PASSWORD, code=app.at(later), now=later)
    assert not has_factor(mei)
    assert not StaffSession.objects.get().strong
    assert entries()[0].action == "factor.off"
    refused("factor_off", lambda: switch_off(staff=mei, password=PASSWORD, code="1", now=later))


def test_setting_up_ends_the_sessions_begun_without_it(mei: Staff) -> None:
    here, there = (begin_session(staff=mei, via="password", strong=False, now=NOW) for _ in range(2))
    confirm(staff=mei, code=app_of(mei).at(NOW), here=here.pk, now=NOW)
    found = {each.pk: (each.strong, each.ended_at) for each in StaffSession.objects.all()}
    assert found == {here.pk: (True, None), there.pk: (False, NOW)}


def test_a_director_resets_it_for_somebody_else(mei: Staff, staff: AddStaff, unit: Unit, system: Scope) -> None:
    boss, local = staff("boss", "director"), staff("local", "director", unit)
    refused("factor_off", lambda: reset_factor(by=system, staff=mei, now=NOW))
    for each in (mei, boss):
        confirm(staff=each, code=app_of(each).at(NOW), now=NOW)
    session = begin_session(staff=mei, via="password", strong=True, now=NOW)
    refused("own_access", lambda: reset_factor(by=scope_of(boss), staff=boss, now=NOW))
    with pytest.raises(Denied):
        reset_factor(by=scope_of(local), staff=mei, now=NOW)
    reset_factor(by=scope_of(boss), staff=mei, now=NOW)
    session.refresh_from_db()
    assert (has_factor(mei), has_factor(boss), session.ended_at) == (False, True, NOW)
    assert RecoveryCode.objects.filter(factor__staff=mei).count() == 0
    assert (entries()[0].action, entries()[0].actor) == ("factor.reset", f"staff:{boss.pk}")
