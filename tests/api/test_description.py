"""The API's description of itself, and its page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from qunyu.api.urls import api as described

SNAPSHOT = Path(__file__).with_name("openapi.json")
RENEW = """\
python -m django export_openapi_schema --settings qunyu.config.settings --api qunyu.api.urls.api \\
    --indent 2 --output tests/api/openapi.json"""


def test_the_description_is_the_one_we_agreed_on() -> None:
    """Whoever changes the API on purpose renews the file and sees in the diff what callers will notice."""
    now = json.loads(json.dumps(described.get_openapi_schema()))
    kept = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert now == kept, f"the API changed; if that is meant, renew the snapshot with:\n{RENEW}"


@pytest.mark.django_db
def test_the_description_is_open_to_all() -> None:
    response = Client().get("/api/v1/openapi.json")
    assert response.status_code == 200
    assert response.json() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


@pytest.mark.django_db
def test_the_page_loads_nothing_from_elsewhere() -> None:
    response = Client().get("/api/v1/docs")
    assert response.status_code == 200
    page = response.content.decode()
    assert "swagger-ui-bundle" in page
    assert [link for link in re.findall(r"""(?:src|href)="([^"]*)\"""", page) if not link.startswith("/")] == []


def test_every_operation_has_words_and_tells_of_problems() -> None:
    document = described.get_openapi_schema()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], path
            assert operation["description"], path
            assert "default" in operation["responses"], path
            names = {each["name"] for each in operation["parameters"]}
            assert ("Idempotency-Key" in names) is (method != "get"), path
