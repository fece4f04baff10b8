"""Imports through the API: uploaded, done by the worker's course, undone."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from qunyu.api.uploads import folder, sweep
from qunyu.communities.models import Community
from qunyu.events.models import Import
from qunyu.flows import importing, undoing
from qunyu.flows.place import place
from qunyu.jobs.port import list_jobs
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from tests.api.calling import As, Caller
from tests.api.conftest import ORDERS
from tests.deployment_fixtures import NOW, TEA_CHAT, TEA_NAME


def upload(text: str, name: str) -> BytesIO:
    """A file as a form sends it."""
    file = BytesIO(text.encode())
    file.name = name
    return file


def kept_files(data: Path) -> list[str]:
    """The names of everything below the uploads' folder."""
    return sorted(path.name for path in (data / "api-uploads").rglob("*") if path.is_file())


def test_an_upload_becomes_an_import_that_a_worker_does(api: Caller, unit: Unit, data_folder: Path) -> None:
    form = {"files": upload(TEA_CHAT, TEA_NAME), "orders": upload(ORDERS, "orders.csv"), "unit": unit.public_id}
    answer = api.ask("post", "/imports", form=form)
    assert answer.status == 202, answer.body
    assert (answer.body["state"], answer.body["files"]) == ("waiting", [TEA_NAME, "orders.csv"])
    assert (answer.body["title"], answer.body["unit"]["id"]) == (TEA_NAME, unit.public_id)
    assert "api-uploads" not in json.dumps(answer.body)
    owner = Import.objects.get()
    assert [job.id for job in list_jobs()] == [f"flows.import:import-{owner.pk}"]
    importing.run(owner.pk, place=place(), now=NOW)
    done = api.get(f"/imports/{answer.body['id']}").body
    assert (done["state"], done["summary"]["rows"]) == ("done", {"chat": 13, "orders": 4})
    assert [row["messages"] for row in api.get("/communities").body["items"]] == [8]
    assert len(api.get("/orders").body["items"]) == 4


def test_options_are_kept_as_asked(api: Caller, unit: Unit) -> None:
    form = {
        "files": [upload("x", "a.csv"), upload("y", "b.csv")],
        "title": "Spring",
        "columns": '{"time": "sent_at"}',
        "source_zone": "UTC",
        "include": ["a*", "b*"],
        "currency": "USD",
        "strict": "true",
    }
    answer = api.ask("post", "/imports", form=form)
    assert (answer.status, answer.body["title"]) == (202, "Spring")
    assert answer.body["unit"]["id"] == root_unit().public_id
    asked = Import.objects.get().request
    assert (asked["columns"], asked["source_zone"], asked["currency"]) == ({"time": "sent_at"}, "UTC", "USD")
    assert (asked["strict"], asked["include"]) == (True, ["a*", "b*"])


def test_an_owner_imports_into_their_own_unit_unless_told(caller: As, unit: Unit) -> None:
    answer = caller("owner", unit).ask("post", "/imports", form={"files": upload("x", "a.txt")})
    assert answer.body["unit"]["name"] == "华东店"


@pytest.mark.parametrize(
    ("form", "field", "code"),
    [
        ({}, "files", "no_files"),
        ({"title": "nothing"}, "files", "no_files"),
        ({"columns": "{"}, "columns", "json_invalid"),
        ({"columns": "[1]"}, "columns", "dict_type"),
        ({"strict": "perhaps"}, "strict", "bool_parsing"),
    ],
)
def test_bad_forms_are_refused(api: Caller, form: dict[str, Any], field: str, code: str, data_folder: Path) -> None:
    answer = api.ask("post", "/imports", form=form)
    assert answer.status == 422
    assert [(each["field"], each["code"]) for each in answer.body["errors"]] == [(field, code)]
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"source_zone": "Mars/Olympus"}, "bad_zone"),
        ({"format": "telegraph"}, "unknown_format"),
        ({"currency": "yuan"}, "bad_currency"),
    ],
)
def test_bad_options_leave_no_upload_behind(api: Caller, data_folder: Path, options: dict[str, str], code: str) -> None:
    answer = api.ask("post", "/imports", form={"files": upload("x", "a.txt"), **options})
    assert (answer.status, answer.body["code"]) == (422, code)
    assert not Import.objects.exists()
    assert kept_files(data_folder) == []


def test_two_files_of_one_name_are_refused(api: Caller, data_folder: Path) -> None:
    answer = api.ask("post", "/imports", form={"files": [upload("x", "a.txt"), upload("y", "a.txt")]})
    assert (answer.status, answer.body["code"]) == (422, "duplicate_file")
    assert kept_files(data_folder) == []


def test_an_upload_above_the_limit_is_refused_unread(api: Caller, settings: Settings, data_folder: Path) -> None:
    settings.QUNYU_UPLOAD_LIMIT = 1000
    answer = api.ask("post", "/imports", form={"files": upload("x" * 2000, "a.txt")})
    assert (answer.status, answer.body["code"]) == (413, "upload_too_large")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Import.objects.exists()


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil.txt", "好" * 200 + ".txt"])
def test_a_files_name_is_only_a_name(api: Caller, data_folder: Path, name: str) -> None:
    answer = api.ask("post", "/imports", form={"files": upload("x", name)})
    assert answer.status == 202
    (path,) = Import.objects.get().request["parts"][0]["paths"]
    assert Path(path).is_relative_to(data_folder / "api-uploads")
    assert Path(path).suffix == ".txt"
    assert Path(path).read_text() == "x"


@pytest.mark.django_db
def test_a_form_that_makes_no_sense_is_400(api: Caller) -> None:
    headers = {"Authorization": f"Bearer {api.secret}"}
    response = Client().post("/api/v1/imports", b"x", content_type="multipart/form-data", headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "unreadable")


def test_who_may_not_import_uploads_nothing(caller: As, unit: Unit, other_unit: Unit, data_folder: Path) -> None:
    for role, into, status in (("analyst", unit, 403), ("owner", other_unit, 404)):
        form = {"files": upload("x", "a.txt"), "unit": into.public_id}
        assert caller(role, unit).ask("post", "/imports", form=form).status == status
    assert caller("analyst", unit).ask("post", "/imports", form={"files": upload("x", "a.txt")}).status == 403
    assert not Import.objects.exists()
    assert kept_files(data_folder) == []


def test_a_repeated_upload_is_one_import(api: Caller, data_folder: Path) -> None:
    first, again, other = (
        api.ask("post", "/imports", form={"files": upload(text, "a.txt")}, Idempotency_Key="k1")
        for text in ("x", "x", "y")
    )
    assert (first.status, again.status, other.status) == (202, 202, 422)
    assert again.body == first.body
    assert other.body["code"] == "idempotency_key_reused"
    assert Import.objects.count() == 1
    assert kept_files(data_folder) == ["a.txt"]


def test_an_undo_removes_in_the_background(api: Caller, tea: Community) -> None:
    owner = Import.objects.get()
    answer = api.ask("delete", f"/imports/{owner.public_id}")
    assert (answer.status, answer.body["state"]) == (202, "undoing")
    assert len(api.get("/communities").body["items"]) == 1
    undoing.run(owner.pk, place=place(), now=NOW)
    assert api.get("/communities").body["items"] == []
    undone = api.get(f"/imports/{owner.public_id}").body
    assert (undone["state"], undone["progress"]["removed"]["communities"]) == ("undone", 1)
    again = api.ask("delete", f"/imports/{owner.public_id}")
    assert (again.status, again.body["code"]) == (409, "cannot_undo")


def test_uploads_go_when_their_import_has_ended(api: Caller, data_folder: Path) -> None:
    for name in ("ended.txt", "waiting.txt"):
        api.ask("post", "/imports", form={"files": upload("x", name)})
    Import.objects.filter(title="ended.txt").update(state="failed")
    sweep(timezone.now())
    assert kept_files(data_folder) == ["ended.txt", "waiting.txt"]
    before = (timezone.now() - timedelta(hours=2)).timestamp()
    for home in folder().iterdir():
        os.utime(home, (before, before))
    sweep(timezone.now())
    assert kept_files(data_folder) == ["waiting.txt"]
