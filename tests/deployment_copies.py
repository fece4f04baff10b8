"""Deployments on the database of the session: migrated once, copied for each test, for whatever needs real transactions."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from pytest_django import DjangoDbBlocker, Settings

from tests.jobs.deployment import Deployment, migrate
from tests.postgres import create_database

Copy = Callable[[], Deployment]


@pytest.fixture(scope="session")
def copy(on_postgres: bool, database_address: str, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Makes a fresh deployment on the session's database."""
    return _copy_postgresql(database_address, tmp_path_factory) if on_postgres else _copy_sqlite(tmp_path_factory)


@pytest.fixture
def opened(copy: Copy, settings: Settings, django_db_blocker: DjangoDbBlocker) -> Iterator[Deployment]:
    """A fresh deployment, to which the test is connected."""
    here = copy()
    settings.QUNYU_DATA = here.data
    with django_db_blocker.unblock(), here.connected():
        yield here


def _copy_sqlite(folders: pytest.TempPathFactory) -> Copy:
    first = folders.mktemp("first")
    migrate(first, f"sqlite:///{first / 'db.sqlite3'}")

    def copy() -> Deployment:
        data = folders.mktemp("copy")
        shutil.copyfile(first / "db.sqlite3", data / "db.sqlite3")
        return Deployment(data, f"sqlite:///{data / 'db.sqlite3'}")

    return copy


def _copy_postgresql(server: str, folders: pytest.TempPathFactory) -> Copy:
    migrate(folders.mktemp("first"), create_database(server, "first_template"))

    def copy() -> Deployment:
        address = create_database(server, f"copy_{uuid4().hex}", "first_template")
        return Deployment(folders.mktemp("copy"), address)

    return copy
