"""Signing in and out, languages, and the limits on guessing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from qunyu.people.models import Staff
from tests.deployment_fixtures import PASSWORD, SignedIn

PAGES = (
    "/", "/board", "/board/metrics", "/board/metrics/members", "/communities", "/communities/x", "/members", "/members/x",
    "/organisation", "/settings/imports", "/settings/imports/new", "/settings/account", "/settings/tokens", "/settings/audit",
)  # fmt: skip
FORM = {"username": "director", "password": PASSWORD}


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_every_page_asks_for_a_sign_in_first(page: str, client: Client) -> None:
    response = client.get(page)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in?next=/")


@pytest.mark.django_db
def test_a_part_asked_for_after_the_session_ended_reloads_the_page(client: Client) -> None:
    response = client.get("/communities", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")


def test_the_right_password_leads_to_the_page_wanted(director: Staff, client: Client) -> None:
    response = client.post("/sign-in?next=/members%3Fq%3Dlin", FORM)
    assert (response.status_code, response["Location"]) == (302, "/members?q=lin")
    assert client.get("/settings/account").status_code == 200


@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_led_to_another_site(goal: str, director: Staff, client: Client) -> None:
    response = client.post("/sign-in", FORM, query_params={"next": goal})
    assert response["Location"] == "/"


def test_a_wrong_password_says_no_more_than_that(director: Staff, client: Client) -> None:
    known = client.post("/sign-in", {**FORM, "password": "wrong"})
    unknown = client.post("/sign-in", {"username": "nobody", "password": "wrong"})
    assert known.status_code == unknown.status_code == 401
    assert "用户名或密码不正确" in known.content.decode()
    assert known.context["form"].errors == unknown.context["form"].errors
    assert 'value="director"' in known.content.decode()


def test_a_closed_account_cannot_sign_in(director: Staff, client: Client) -> None:
    Staff.objects.update(is_active=False)
    assert client.post("/sign-in", FORM).status_code == 401


def test_five_failures_close_the_door_for_a_quarter_of_an_hour(
    director: Staff, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: start)
    for _ in range(5):
        assert client.post("/sign-in", {**FORM, "password": "wrong"}).status_code == 401
    refused = client.post("/sign-in", FORM)
    assert refused.status_code == 429
    assert "15 分钟" in refused.content.decode()
    assert client.post("/sign-in", FORM, REMOTE_ADDR="203.0.113.9").status_code == 302
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(minutes=15))
    assert client.post("/sign-in", FORM).status_code == 302


def test_behind_the_proxy_the_browsers_address_counts(director: Staff, client: Client, settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for _ in range(5):
        client.post("/sign-in", {**FORM, "password": "wrong"}, headers={"X-Forwarded-For": "1.1.1.1, 203.0.113.7"})
    assert client.post("/sign-in", FORM, headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 429
    assert client.post("/sign-in", FORM, headers={"X-Forwarded-For": "203.0.113.8"}).status_code == 302


@pytest.mark.django_db
def test_nobody_uploads_before_signing_in(client: Client, data_folder: Path) -> None:
    file = SimpleUploadedFile("a.csv", b"x" * 100_000)
    response = client.post("/settings/imports/new", {"files": [file]})
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in")


def test_one_address_cannot_try_many_names(director: Staff, client: Client) -> None:
    from qunyu.console.sign_in_limits import PER_ADDRESS, note_failure

    for number in range(PER_ADDRESS):
        note_failure(f"name {number}", "127.0.0.1", timezone.now())
    assert client.post("/sign-in", FORM).status_code == 429


def test_signing_out_ends_the_session(boss: Client) -> None:
    assert boss.get("/sign-out").status_code == 405
    assert boss.post("/sign-out").status_code == 302
    assert boss.get("/settings/account").status_code == 302


def test_the_language_is_kept_with_the_account(director: Staff, signed_in: SignedIn) -> None:
    client = signed_in(director)
    assert "我的账号" in client.get("/settings/account").content.decode()
    response = client.post("/language", {"language": "en", "next": "/settings/account"})
    assert response["Location"] == "/settings/account"
    page = signed_in(director).get("/settings/account")
    assert "My account" in page.content.decode()
    assert page["Content-Language"] == "en"


@pytest.mark.django_db
def test_the_language_is_kept_in_the_browser_before_signing_in(client: Client) -> None:
    client.post("/language", {"language": "en"})
    assert "Sign in" in client.get("/sign-in").content.decode()
    client.post("/language", {"language": "tlh"})
    assert "Sign in" in client.get("/sign-in").content.decode()


def test_a_language_chosen_at_the_door_stays_after_signing_in(director: Staff, client: Client) -> None:
    client.post("/language", {"language": "en"})
    assert client.post("/sign-in", FORM).status_code == 302
    assert "My account" in client.get("/settings/account").content.decode()
    director.refresh_from_db()
    assert director.language == "en"


def test_without_a_choice_at_the_door_the_accounts_language_counts(director: Staff, client: Client) -> None:
    client.cookies["qunyu_language"] = "en"
    client.post("/sign-in", FORM)
    assert "我的账号" in client.get("/settings/account").content.decode()


@pytest.mark.django_db
def test_a_form_of_another_site_is_refused(director: Staff) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/sign-in", FORM)
    assert response.status_code == 403
    assert "表单已过期" in response.content.decode()


@pytest.mark.django_db
def test_headers_keep_other_sites_out(client: Client) -> None:
    response = client.get("/sign-in")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"style=" not in response.content


def test_somebody_without_a_role_sees_their_account_and_nothing_else(staff: object, signed_in: SignedIn) -> None:
    client = signed_in(staff("newcomer"))  # type: ignore[operator]
    assert client.get("/").headers["Location"] == "/settings/account"
    for page in ("/board", "/communities", "/members", "/organisation", "/settings/imports", "/settings/audit"):
        response = client.get(page)
        assert response.status_code == 403, page
        assert "没有" in response.content.decode()


@pytest.mark.django_db
def test_an_address_without_a_page_is_404(client: Client) -> None:
    response = client.get("/no-such-page")
    assert response.status_code == 404
    assert "找不到" in response.content.decode()
