"""Deployments on the database of the session: migrated once, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.jobs.deployment import Deployment, migrate
from tests.postgres import create_database

Copy = Callable[[], Deployment]
EFFECTS = "CREATE TABLE effects (what varchar(200))"


@pytest.fixture(scope="session")
def copy(on_postgres: bool, database_address: str, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Makes a fresh deployment on the session's database."""
    return _copy_postgresql(database_address, tmp_path_factory) if on_postgres else _copy_sqlite(tmp_path_factory)


def _copy_sqlite(folders: pytest.TempPathFactory) -> Copy:
    first = folders.mktemp("jobs")
    migrate(first, f"sqlite:///{first / 'db.sqlite3'}")

    def copy() -> Deployment:
        data = folders.mktemp("jobs")
        shutil.copyfile(first / "db.sqlite3", data / "db.sqlite3")
        return Deployment(data, f"sqlite:///{data / 'db.sqlite3'}")

    return copy


def _copy_postgresql(server: str, folders: pytest.TempPathFactory) -> Copy:
    migrate(folders.mktemp("jobs"), create_database(server, "jobs_template"))

    def copy() -> Deployment:
        address = create_database(server, f"jobs_{uuid4().hex}", "jobs_template")
        return Deployment(folders.mktemp("jobs"), address)

    return copy


def _opened(deployment: Deployment, blocker: DjangoDbBlocker, patch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    """The deployment while this process's default connection leads to it."""
    import tests.jobs.chores  # noqa: F401

    patch.setattr(settings, "QUNYU_DATA", deployment.data)
    with blocker.unblock(), deployment.connected():
        with connection.cursor() as cursor:
            cursor.execute(EFFECTS)
        try:
            yield deployment
        finally:
            deployment.stop_workers()


@pytest.fixture
def deployment(copy: Copy, django_db_blocker: DjangoDbBlocker) -> Iterator[Deployment]:
    """A deployment of the test's own."""
    with pytest.MonkeyPatch.context() as patch:
        yield from _opened(copy(), django_db_blocker, patch)


@pytest.fixture(scope="module")
def staffed(copy: Copy, django_db_blocker: DjangoDbBlocker) -> Iterator[Deployment]:
    """A deployment with two workers, shared by the tests of one file."""
    with pytest.MonkeyPatch.context() as patch:
        for opened in _opened(copy(), django_db_blocker, patch):
            opened.start_worker()
            opened.start_worker()
            yield opened
