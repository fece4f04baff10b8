"""Signing in with a company account (OpenID Connect), against a provider that answers for real."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from qunyu.console import oidc
from qunyu.console.sign_in_limits import PER_ADDRESS
from qunyu.kernel.queries import entries
from qunyu.kernel.scope import Scope
from qunyu.people.external import link
from qunyu.people.models import ExternalIdentity, Staff, StaffSession
from qunyu.people.second_factor import confirm, setup_of, start_setup
from qunyu.people.sign_in_rules import change_rules
from tests.console.conftest import read
from tests.console.identity_provider import CLIENT, FOREIGN, SECRET, IdentityProvider, running
from tests.deployment_fixtures import AddStaff


@pytest.fixture
def idp(settings: Settings, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[IdentityProvider]:
    """A provider, and a deployment whose people may sign in there."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    oidc._registered.cache_clear()
    with running() as made:
        settings.QUNYU_OIDC = {
            "issuer": made.issuer, "client_id": CLIENT, "client_secret": SECRET, "name": "茶司", "link_by_email": False,
        }  # fmt: skip
        yield made


@pytest.fixture
def mei(staff: AddStaff, idp: IdentityProvider) -> Staff:
    """Somebody whose company account u-1 is linked."""
    made = staff("mei@example.com", "director")
    link(staff=made, issuer=idp.issuer, subject="u-1", now=timezone.now())
    return made


def there_and_back(client: Client, idp: IdentityProvider, goal: str = "", **brings: str) -> Any:
    """What the console answers when the browser comes back from the provider."""
    gone = client.get("/sign-in/provider", query_params={"next": goal} if goal else {})
    assert gone.status_code == 302
    return client.get("/sign-in/provider/back", {**idp.authorize(gone["Location"]), **brings})


def why_not(client: Client, idp: IdentityProvider, **brings: str) -> str:
    """The page that says why nobody was signed in."""
    response = there_and_back(client, idp, **brings)
    assert (response.status_code, response["Location"]) == (302, "/sign-in")
    assert not StaffSession.objects.exists()
    return read(client.get("/sign-in"))


def test_the_button_is_there_only_with_a_provider(idp: IdentityProvider, client: Client, settings: Settings) -> None:
    assert 'href="/sign-in/provider?next=%2Fmembers"' in read(client.get("/sign-in?next=/members"))
    assert "茶司" in read(client.get("/sign-in"))
    settings.QUNYU_OIDC = None
    assert "/sign-in/provider" not in read(client.get("/sign-in"))
    assert client.get("/sign-in/provider").status_code == 404


def test_a_linked_person_is_signed_in(mei: Staff, idp: IdentityProvider, client: Client) -> None:
    response = there_and_back(client, idp, "/members?q=lin")
    assert (response.status_code, response["Location"]) == (302, "/members?q=lin")
    session = StaffSession.objects.get()
    assert (session.staff, session.via, session.strong) == (mei, "oidc", False)
    assert client.get("/settings/account").status_code == 200


def test_state_nonce_and_pkce_are_sent(mei: Staff, idp: IdentityProvider, client: Client) -> None:
    there_and_back(client, idp)
    assert idp.asked["code_challenge_method"] == "S256"
    assert idp.asked["redirect_uri"] == "http://testserver/sign-in/provider/back"
    assert set(idp.asked["scope"].split()) == {"openid", "email", "profile"}
    assert len(idp.asked["state"]) >= 20
    assert len(idp.asked["nonce"]) >= 20
    assert len(idp.sent[0]["code_verifier"]) >= 43
    assert SECRET not in str(idp.asked)


def test_another_goal_is_not_led_to(mei: Staff, idp: IdentityProvider, client: Client) -> None:
    assert there_and_back(client, idp, "https://evil.example/")["Location"] == "/"


WRONG: dict[str, dict[str, Any]] = {
    "nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "signature": {"signed_with": FOREIGN},
    "unsigned": {"unsigned": True},
    "audience": {"claims": {"aud": "another"}},
    "audience of another, for us": {"claims": {"aud": ["another"], "azp": CLIENT}},
    "expired": {"claims": {"exp": int(time.time()) - 3600}},
    "no end": {"claims": {"exp": None}},
    "issuer": {"claims": {"iss": "https://evil.example"}},
    "subject": {"claims": {"sub": None}},
    "a long subject": {"claims": {"sub": "u" * 256}},
    "described by another": {"metadata": {"issuer": "https://evil.example"}},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_an_answer_that_is_not_valid_signs_nobody_in(
    wrong: dict[str, Any], mei: Staff, idp: IdentityProvider, client: Client
) -> None:
    metadata = wrong.get("metadata")
    for name, value in wrong.items():
        setattr(idp, name, value)
    if metadata is None:
        assert "应答无效" in why_not(client, idp)
    else:
        assert client.get("/sign-in/provider")["Location"] == "/sign-in"
        assert "应答无效" in read(client.get("/sign-in"))
    assert not StaffSession.objects.exists()


def test_another_state_or_an_old_one_is_refused(
    mei: Staff, idp: IdentityProvider, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "应答无效" in why_not(client, idp, state="another")
    bare = Client()
    assert bare.get("/sign-in/provider/back", {"code": "a-code", "state": "x"})["Location"] == "/sign-in"
    gone = client.get("/sign-in/provider")
    late = timezone.now() + timedelta(minutes=10)
    monkeypatch.setattr(timezone, "now", lambda: late)
    assert client.get("/sign-in/provider/back", idp.authorize(gone["Location"]))["Location"] == "/sign-in"
    assert not StaffSession.objects.exists()


def test_an_answer_counts_once(mei: Staff, idp: IdentityProvider, client: Client) -> None:
    gone = client.get("/sign-in/provider")
    brought = idp.authorize(gone["Location"])
    assert client.get("/sign-in/provider/back", brought)["Location"] == "/"
    client.post("/sign-out")
    assert client.get("/sign-in/provider/back", brought)["Location"] == "/sign-in"
    assert client.get("/settings/account").status_code == 302


def test_an_unknown_person_is_told_what_to_ask_for(idp: IdentityProvider, client: Client, director: Staff) -> None:
    idp.claims = {"email": "director", "email_verified": True}
    said = why_not(client, idp)
    assert "还没有关联群域账号" in said
    assert "请总负责新增一个" in said
    assert Staff.objects.count() == 1


def test_a_closed_account_stays_closed(mei: Staff, idp: IdentityProvider, client: Client) -> None:
    Staff.objects.update(is_active=False)
    assert "已停用" in why_not(client, idp)


def test_what_the_provider_refuses_is_told(mei: Staff, idp: IdentityProvider, client: Client) -> None:
    assert "没有放行：&lt;b&gt;no" in why_not(client, idp, error="access_denied", error_description="<b>no")


def test_a_provider_that_is_down_is_named(idp: IdentityProvider, client: Client, settings: Settings) -> None:
    settings.QUNYU_OIDC = {**settings.QUNYU_OIDC, "issuer": "http://127.0.0.1:9"}
    assert client.get("/sign-in/provider")["Location"] == "/sign-in"
    page = read(client.get("/sign-in"))
    assert "无法连接到“茶司”" in page
    assert "alert-danger" in page


def test_a_provider_that_goes_down_half_way_is_named(mei: Staff, client: Client, idp: IdentityProvider) -> None:
    gone = client.get("/sign-in/provider")
    idp.metadata = {"token_endpoint": "http://127.0.0.1:9/token"}
    oidc._registered.cache_clear()
    client.get("/sign-in/provider/back", idp.authorize(gone["Location"]))
    assert "无法连接到“茶司”" in read(client.get("/sign-in"))


def test_a_provider_that_answers_with_something_else_is_named(idp: IdentityProvider, client: Client) -> None:
    idp.broken = True
    assert client.get("/sign-in/provider")["Location"] == "/sign-in"
    assert "应答无效" in read(client.get("/sign-in"))


def test_a_missing_extra_is_named(idp: IdentityProvider, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "authlib.integrations.django_client", None)
    assert client.get("/sign-in/provider")["Location"] == "/sign-in"
    assert "pip install" in read(client.get("/sign-in"))


def test_failures_from_one_address_are_limited(mei: Staff, idp: IdentityProvider, client: Client) -> None:
    for _ in range(PER_ADDRESS):
        client.get("/sign-in/provider/back", {"code": "x", "state": "x"})
    there_and_back(client, idp)
    assert not StaffSession.objects.exists()
    assert "15 分钟" in read(client.get("/sign-in"))


def by_email(settings: Settings) -> None:
    settings.QUNYU_OIDC = {**settings.QUNYU_OIDC, "link_by_email": True}


def test_a_verified_email_links_the_account_named_so(
    idp: IdentityProvider, client: Client, staff: AddStaff, settings: Settings
) -> None:
    by_email(settings)
    lin = staff("Lin@example.com")
    idp.claims = {"email": "lin@Example.com", "email_verified": True}
    assert there_and_back(client, idp)["Location"] == "/"
    assert ExternalIdentity.objects.get().staff == lin
    assert [(each.action, each.reason) for each in entries()][1] == ("identity.link", "verified e-mail")


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "lin@example.com"}, {"email": "lin@example.com", "email_verified": False},
        {"email": "lin@example.com", "email_verified": "true"}, {"email": "lın@example.com", "email_verified": True},
        {"email": "", "email_verified": True}, {"email_verified": True},
    ],
)  # fmt: skip
def test_an_email_that_is_not_verified_or_not_quite_the_same_links_nobody(
    claims: dict[str, Any], idp: IdentityProvider, client: Client, staff: AddStaff, settings: Settings
) -> None:
    by_email(settings)
    for name in ("lin@example.com", "lın@example.com"):
        staff(name)
    idp.claims = claims
    assert "还没有关联群域账号" in why_not(client, idp)
    assert not ExternalIdentity.objects.exists()


def test_an_email_takes_no_account_from_another_subject(
    mei: Staff, idp: IdentityProvider, client: Client, settings: Settings
) -> None:
    by_email(settings)
    idp.subject, idp.claims = "u-2", {"email": "mei@example.com", "email_verified": True}
    assert "还没有关联群域账号" in why_not(client, idp)
    assert ExternalIdentity.objects.get().subject == "u-1"


def test_somebody_signed_in_links_and_unlinks(boss: Client, director: Staff, idp: IdentityProvider) -> None:
    idp.claims = {"email": "d@example.com", "email_verified": True}
    assert there_and_back(boss, idp)["Location"] == "/settings/account/provider"
    assert not ExternalIdentity.objects.exists()
    assert "d@example.com" in read(boss.get("/settings/account/provider"))
    assert boss.post("/settings/account/provider/link")["Location"] == "/settings/account"
    made = ExternalIdentity.objects.get()
    assert (made.staff, made.subject) == (director, "u-1")
    assert entries()[0].action == "identity.link"
    assert "已关联" in read(boss.get("/settings/account"))
    boss.post("/settings/account/provider/unlink")
    assert not ExternalIdentity.objects.exists()
    assert entries()[0].action == "identity.unlink"


def test_a_link_needs_the_answer_of_the_provider(boss: Client, idp: IdentityProvider) -> None:
    boss.post("/settings/account/provider/link")
    assert boss.get("/settings/account/provider")["Location"] == "/settings/account"
    assert not ExternalIdentity.objects.exists()


def test_a_company_account_opens_one_account_only(boss: Client, mei: Staff, idp: IdentityProvider) -> None:
    there_and_back(boss, idp)
    assert "另一个账号" in read(boss.post("/settings/account/provider/link", follow=True))
    assert ExternalIdentity.objects.get().staff == mei


@pytest.mark.parametrize(("amr", "asked"), [(["pwd"], True), (None, True), (["pwd", "otp"], False), (["mfa"], False)])
def test_our_own_code_is_asked_for_unless_the_provider_did(
    amr: list[str] | None, asked: bool, mei: Staff, idp: IdentityProvider, client: Client
) -> None:
    start_setup(staff=mei, now=timezone.now())
    setup = setup_of(mei)
    assert setup is not None
    earlier = timezone.now() - timedelta(minutes=5)
    confirm(staff=mei, code=pyotp.TOTP(setup.secret).at(earlier), now=earlier)
    idp.claims = {"amr": amr}
    assert there_and_back(client, idp)["Location"] == ("/sign-in/code" if asked else "/")
    if asked:
        assert client.get("/settings/account").status_code == 302
        client.post("/sign-in/code", {"code": pyotp.TOTP(setup.secret).at(timezone.now())})
    session = StaffSession.objects.get()
    assert (session.via, session.strong) == ("oidc", True)


@pytest.mark.parametrize(("amr", "owed"), [(["pwd"], True), (["mfa"], False)])
def test_the_rules_decide_when_the_provider_says_nothing_of_a_second_factor(
    amr: list[str], owed: bool, mei: Staff, idp: IdentityProvider, client: Client, system: Scope
) -> None:
    change_rules(by=system, changes={"second_factor": "everybody"}, now=timezone.now())
    idp.claims = {"amr": amr}
    there_and_back(client, idp)
    assert (client.get("/settings/account").status_code == 302) is owed


def test_no_password_need_be_changed_that_was_not_asked_for(mei: Staff, idp: IdentityProvider, client: Client) -> None:
    Staff.objects.update(must_change_password=True)
    there_and_back(client, idp)
    assert client.get("/settings/account").status_code == 200
