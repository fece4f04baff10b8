"""What cannot be answered is refused as a problem document that names the field and the remedy."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from pytest_django import Settings

from qunyu.api.routes import people
from qunyu.communities.models import Community
from tests.api.calling import Caller

FIELDS = {"type", "title", "status", "detail", "code", "errors"}


@pytest.mark.parametrize(
    ("path", "field", "code"),
    [
        ("/board?metrics=happiness", "metrics", "no_such_metric"),
        ("/board?first=2026-03-02&last=2026-03-01", "", "bad_period"),
        ("/orders?first=2026-03-02&last=2026-03-01", "", "bad_period"),
        ("/board?grain=year", "grain", "literal_error"),
        ("/board?by=mood", "by", "literal_error"),
        ("/board?first=yesterday", "first", "date_from_datetime_parsing"),
        ("/board?last=9999-12-31", "last", "less_than_equal"),
        ("/orders?first=0001-01-01", "first", "greater_than_equal"),
        ("/cohorts?grain=all", "grain", "literal_error"),
        ("/cohorts?latest=0", "latest", "greater_than_equal"),
        ("/communities?limit=0", "limit", "greater_than_equal"),
        ("/communities?limit=201", "limit", "less_than_equal"),
        ("/communities?limit=many", "limit", "int_parsing"),
        ("/communities?cursor=nonsense", "cursor", "bad_cursor"),
        ("/communities?sort=size", "sort", "literal_error"),
        ("/communities?type=party", "type", "literal_error"),
        ("/communities?search=%00", "search", "zero_byte"),
        ("/communities?search=" + "x" * 256, "search", "string_too_long"),
        ("/members?limit=0", "limit", "greater_than_equal"),
        ("/members?cursor=x:y:z", "cursor", "bad_cursor"),
        ("/orders?status=lost", "status", "literal_error"),
        ("/imports?state=lost", "state", "literal_error"),
        ("/imports?cursor=nonsense", "cursor", "bad_cursor"),
    ],
)
def test_bad_parameters_are_named(api: Caller, path: str, field: str, code: str) -> None:
    answer = api.get(path)
    assert answer.status == 422, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.body) == FIELDS
    if field:
        assert [(each["field"], each["code"]) for each in answer.body["errors"]] == [(field, code)]
    else:
        assert answer.body["code"] == code


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/metrics/happiness", "unknown_metric"),
        ("/communities/nope", "unknown_community"),
        ("/communities/nope/members", "unknown_community"),
        ("/board?communities=nope", "unknown_community"),
        ("/members/nope", "unknown_member"),
        ("/imports/nope", "unknown_import"),
        ("/imports/nope/problems", "unknown_import"),
        ("/orders?unit=nope", "unknown_unit"),
        ("/communities/%00", "unknown_address"),
        ("/nothing/here", "unknown_address"),
        ("/board/", "unknown_address"),
        ("/", "unknown_address"),
    ],
)
def test_what_there_is_not_is_404(api: Caller, path: str, code: str) -> None:
    answer = api.get(path)
    assert (answer.status, answer.body["code"]) == (404, code)


def test_a_cursor_belongs_to_its_order(api: Caller, tea: Community) -> None:
    following = api.get(f"/communities/{tea.public_id}/members?limit=1").body["next"]
    answer = api.get(f"{following}&sort=messages")
    assert (answer.status, answer.body["code"]) == (422, "bad_cursor")
    assert api.get(f"/members?cursor={following.partition('cursor=')[2]}").status == 422


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": " "}, "name", "bad_name"),
        ({"name": None}, "name", "string_type"),
        ({"name": "x" * 256}, "name", "string_too_long"),
        ({"theme": "x" * 61}, "theme", "bad_theme"),
        ({"type": "party"}, "type", "unknown_type"),
        ({"opened_on": "soon"}, "opened_on", "date_from_datetime_parsing"),
        ({"opened_on": "2026-03-02", "closed_on": "2026-03-01"}, "closed_on", "bad_period"),
        ({"theme": "\ud800"}, "theme", "string_unicode"),
        ({"platform": "qq"}, "platform", "extra_forbidden"),
    ],
)
def test_bad_changes_are_refused_whole(
    api: Caller, tea: Community, changes: dict[str, Any], field: str, code: str
) -> None:
    answer = api.ask("patch", f"/communities/{tea.public_id}", {"theme": "coffee", **changes})
    assert answer.status == 422
    assert [(each["field"], each["code"]) for each in answer.body["errors"]] == [(field, code)]
    tea.refresh_from_db()
    assert (tea.name, tea.theme, tea.opened_on) == ("Tea lovers", "", None)


@pytest.mark.django_db
def test_a_write_to_an_address_there_is_not_is_404_too() -> None:
    client = Client(enforce_csrf_checks=True)
    for path in ("/communities/", "/nothing"):
        answer = Caller(client).ask("patch", path, {})
        assert (answer.status, answer.body["code"]) == (404, "unknown_address")


def test_a_body_that_is_no_json_is_400(api: Caller, tea: Community) -> None:
    headers = {"Authorization": f"Bearer {api.secret}"}
    address = f"/api/v1/communities/{tea.public_id}"
    response = Client().patch(address, "{", content_type="application/json", headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "unreadable")


def test_a_body_beyond_reason_is_413(api: Caller, tea: Community, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = api.ask("patch", f"/communities/{tea.public_id}", {"name": "x" * 200})
    assert (answer.status, answer.body["code"]) == (413, "body_too_large")


def test_a_method_that_an_address_does_not_take_is_405(api: Caller) -> None:
    answer = api.ask("post", "/me", {})
    assert (answer.status, answer.body["code"], answer.headers["Allow"]) == (405, "method_not_allowed", "GET")


def test_a_mistake_of_ours_is_500_and_says_nothing_of_it(
    api: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise DatabaseError("secret words")

    monkeypatch.setattr(people, "account_of", fail)
    answer = api.get("/me")
    assert (answer.status, answer.body["code"]) == (500, "internal")
    assert "secret" not in str(answer.body)
    assert "secret words" in caplog.text


def test_a_board_that_nobody_could_read_is_refused(
    api: Caller, tea: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qunyu.api.routes.board.MAX_FIGURES", 13)
    answer = api.get("/board?grain=day&metrics=messages")
    assert (answer.status, answer.body["code"]) == (422, "too_many_figures")
    assert "14" in answer.body["detail"]


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("en", "Not valid"),
        ("en-GB,en;q=0.8", "Not valid"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "请求有误"),
        ("fr,en;q=0.5,zh;q=0.1", "Not valid"),
        ("fr", "请求有误"),
        ("", "请求有误"),
        ("*", "请求有误"),
        (";;;q=,", "请求有误"),
    ],
)
def test_errors_speak_the_language_that_is_asked(api: Caller, asked: str, title: str) -> None:
    answer = api.get("/communities?limit=0", Accept_Language=asked)
    assert answer.body["title"] == title
    assert answer.body["errors"][0]["message"] == ("must be 1 or more" if title == "Not valid" else "不得小于 1")
    assert "Accept-Language" in answer.headers["Vary"]


def test_days_are_those_of_the_deployment(api: Caller, tea: Community) -> None:
    board = api.get("/board?grain=day&metrics=messages&first=2026-03-13&last=2026-03-13").body
    assert [date.fromisoformat(each["first"]) for each in board["periods"]] == [date(2026, 3, 13)]
