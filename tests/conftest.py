"""A migrated database for the session (SQLite, or PostgreSQL with --postgres), a data folder for each test, and people to act.

Every pytest-xdist worker has a database of its own below the system's temporary folder; nothing touches ./var. Tests run inside a
transaction that is rolled back (mark them `django_db`, or use a fixture from here): a flush would remove the root unit and the roles.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.db.utils import ConnectionHandler
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings

from qunyu.config.environment import read_environment

# `make test` tries the same examples on every machine, however slow; `pytest --hypothesis-profile=explore` looks for new ones.
LAWS = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile("repeatable", LAWS, derandomize=True)
hypothesis_settings.register_profile("explore", LAWS, max_examples=1000)
hypothesis_settings.load_profile("repeatable")

pytest_plugins = ("tests.deployment_fixtures", "tests.deployment_copies", "tests.left_out")


def pytest_addoption(parser: pytest.Parser) -> None:
    """--postgres runs the tests that use a database on a PostgreSQL server that they start."""
    parser.addoption(
        "--postgres", action="store_true", help="run what uses a database, on PostgreSQL instead of SQLite"
    )


@pytest.fixture(scope="session")
def on_postgres(request: pytest.FixtureRequest) -> bool:
    """Whether the session runs on PostgreSQL. Whatever may differ there asks for this, however far down: see left_out.py."""
    return bool(request.config.getoption("--postgres"))


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    """A folder right under the system's temporary one, passable for the user that PostgreSQL runs as."""
    folder = Path(tempfile.mkdtemp(prefix="qunyu-tests-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database_address(on_postgres: bool, session_folder: Path) -> Iterator[str]:
    """QUNYU_DATABASE_URL of this session's (of this worker's) own database; "" stands for SQLite in the data folder."""
    if not on_postgres:
        yield ""
        return
    from tests.postgres import start_postgres, stop_postgres

    folder = Path(tempfile.mkdtemp(prefix="qunyu-postgres-"))
    yield start_postgres(folder)
    stop_postgres(folder)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_address: str, session_folder: Path) -> None:
    """Leads Django to this session's database before pytest-django migrates it.

    The settings are loaded before any conftest, from the environment of whoever runs the tests; hence the exchange here.
    """
    given = {"QUNYU_DATA": str(session_folder), "QUNYU_DATABASE_URL": database_address, "QUNYU_SECRET_KEY": "tests"}
    database = read_environment({**os.environ, **given}).database
    django_settings.DATABASES["default"] = database
    if "default" in connections:
        connections["default"].close()
    connections.settings["default"] = ConnectionHandler({"default": database}).settings["default"]
    connections["default"] = connections.create_connection("default")


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> Path:
    """QUNYU_DATA of this test, with a lake of its own; days are Shanghai's and the secret is always the same."""
    folder = tmp_path / "data"
    folder.mkdir()
    settings.QUNYU_DATA = folder
    settings.QUNYU_ZONE = ZoneInfo("Asia/Shanghai")
    settings.SECRET_KEY = "not secret: for tests only"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return folder
