"""Engine: DBOS set up over Django's database; nothing outside of this package knows it.

DBOS takes two seconds to import, so only what enqueues, asks or works imports it, and only then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import sqlalchemy
from django.db import connection

from qunyu.jobs.borrowed import engine_over_django
from qunyu.jobs.registry import DEFAULT_CONCURRENCY

if TYPE_CHECKING:
    from dbos import DBOSClient

APPLICATION = "qunyu"
# Pinned: DBOS would derive it from the source, and jobs queued before an upgrade would wait for ever.
VERSION = "1"
WORKFLOW = "job"
POLLING_SECONDS = 0.5
# The default queue's, the lake's, and one for DBOS's own start-up.
THREADS = DEFAULT_CONCURRENCY + 2

# What DBOS says about things that are normal here, or that we log ourselves with the job's name.
_NOT_NEWS = (
    "Exception encountered in background workflow",
    "Contention detected in queue thread",
    "Workflow already exists in queue",
    "outcome was not recorded",
    "was cancelled during execution",
    "exceeds the global concurrency limit",
    "Could not connect to postgres database to verify existence",
)


def database_url() -> str:
    """Django's default database as SQLAlchemy writes it."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    host = str(settings["HOST"])
    is_socket = host.startswith("/")
    url = sqlalchemy.URL.create(
        "postgresql",
        username=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        host=None if is_socket else host or None,
        port=int(settings["PORT"]) if settings["PORT"] else None,
        database=str(settings["NAME"]),
        query={"host": host} if is_socket else {},
    )
    return url.render_as_string(hide_password=False)


def migrate() -> None:
    """Creates or upgrades DBOS's tables: beside Django's in SQLite, in the schema `dbos` in PostgreSQL."""
    _hush()
    from dbos import DBOS

    DBOS.migrate(database_url())


def client() -> DBOSClient:
    """DBOS's client; it speaks through Django's connection, and so inside of its transaction where there is one."""
    return _client(connection.vendor)


@cache
def _client(vendor: str) -> DBOSClient:
    _hush()
    from dbos import DBOSClient, DBOSPortableJSONSerializer

    return DBOSClient(
        system_database_engine=engine_over_django(),
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        lazy=True,
        retry_connection_errors=False,
        # DBOS would SET LOCAL its timeout, which would outlive its query in the caller's transaction.
        observability_query_timeout_sec=0,
    )


def load() -> None:
    """Imports DBOS: before the first `enqueue` of a process, so that its transaction need not wait for that."""
    import_module("dbos")


def launch(executor_id: str, body: Callable[..., Any]) -> None:
    """Starts running queued jobs in this process: DBOS calls `body(job_id, name, arguments)`.

    What this executor left unfinished at its last end is queued again. Raises when the tables are not migrated.
    """
    _hush()
    from dbos import DBOS, DBOSPortableJSONSerializer

    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": database_url(),
            "application_version": VERSION,
            "executor_id": executor_id,
            "max_executor_threads": THREADS,
            "sys_db_pool_size": 2 * THREADS,
            "serializer": DBOSPortableJSONSerializer(),
            "run_migrations": False,
            "log_level": "WARNING",
        }
    )

    # Attempts are counted in JobRun, as DBOS forgets its count when a rescuer resumes a job.
    @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)
    def run_job(name: str, arguments: dict[str, object]) -> object:
        return body(str(DBOS.workflow_id), name, arguments)

    DBOS.launch()
    for queue, each_worker, over_all in (("default", DEFAULT_CONCURRENCY, None), ("lake", 1, 1)):
        DBOS.register_queue(
            queue,
            worker_concurrency=each_worker,
            global_concurrency=over_all,
            polling_interval_sec=POLLING_SECONDS,
            on_conflict="always_update",
        )


def close(grace_seconds: float) -> None:
    """Takes no more jobs and gives those that run up to `grace_seconds` to end."""
    from dbos import DBOS

    DBOS.destroy(workflow_completion_timeout_sec=int(grace_seconds))


def _is_news(record: logging.LogRecord) -> bool:
    return not any(text in str(record.msg) for text in _NOT_NEWS)


@cache
def _hush() -> None:
    """Lets DBOS's warnings reach Django's logging, without its own console handler and its advertisements."""
    logger = logging.getLogger("dbos")
    logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.WARNING)
    logger.addFilter(_is_news)
