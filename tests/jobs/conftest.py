"""Deployments on both databases: migrated once, copied for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.jobs.deployment import Deployment, migrate
from tests.postgres import address_of, create_database, start_postgres, stop_postgres

Copy = Callable[[], Deployment]
EFFECTS = "CREATE TABLE effects (what varchar(200))"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of this session."""
    folder = Path(tempfile.mkdtemp(prefix="qunyu-postgres-"))
    yield start_postgres(folder)
    stop_postgres(folder)


@pytest.fixture(scope="session")
def copy_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Makes a fresh deployment on SQLite."""
    first = tmp_path_factory.mktemp("jobs")
    migrate(first, f"sqlite:///{first / 'db.sqlite3'}")

    def copy() -> Deployment:
        data = tmp_path_factory.mktemp("jobs")
        shutil.copyfile(first / "db.sqlite3", data / "db.sqlite3")
        return Deployment(data, f"sqlite:///{data / 'db.sqlite3'}")

    return copy


@pytest.fixture(scope="session")
def copy_postgresql(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Makes a fresh deployment on PostgreSQL."""
    migrate(tmp_path_factory.mktemp("jobs"), create_database(postgres, "jobs_template"))

    def copy() -> Deployment:
        name = f"jobs_{uuid4().hex}"
        address = create_database(address_of(postgres, "postgres"), name, "jobs_template")
        return Deployment(tmp_path_factory.mktemp("jobs"), address)

    return copy


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def copy(request: pytest.FixtureRequest) -> Copy:
    """Makes a fresh deployment on the database of the parameter."""
    made: Copy = request.getfixturevalue(f"copy_{request.param}")
    return made


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
