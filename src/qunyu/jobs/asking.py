"""Asking: put a job in its queue, inside the transaction of what made it necessary."""

from __future__ import annotations

import json
from uuid import uuid4

from django.db import transaction

from qunyu.jobs.borrowed import engine_over_django
from qunyu.jobs.engine import WORKFLOW, client
from qunyu.jobs.registry import find

# Arguments are ids: data belongs into tables, where erasure finds it.
MAX_ARGUMENT_BYTES = 2000
MAX_KEY = 200


def enqueue(name: str, /, *, key: str | None = None, **arguments: object) -> str:
    """Asks for the job `name` once this transaction commits, and returns the job's id.

    With a `key` it is asked for once: a second time returns the first one's id and changes nothing, even if that has
    ended (and is not forgotten, see tasks.py).
    Raises DomainError unknown_job; ValueError for arguments that are not small JSON or a bad key.
    """
    job = find(name)
    _check(arguments)
    job_id = f"{name}:{_checked_key(key)}"
    with transaction.atomic(), engine_over_django().connect() as borrowed:
        client().enqueue_in_transaction(
            borrowed,
            {"workflow_name": WORKFLOW, "queue_name": job.queue, "workflow_id": job_id},
            name=name,
            arguments=arguments,
        )
    return job_id


def name_of(job_id: str) -> str:
    """The name of the job an id belongs to."""
    return job_id.partition(":")[0]


def _checked_key(key: str | None) -> str:
    if key is None:
        return uuid4().hex
    if not key.strip() or len(key) > MAX_KEY:
        raise ValueError(f"a key has 1 to {MAX_KEY} characters, not {len(key)}")
    return key


def _check(arguments: dict[str, object]) -> None:
    try:
        text = json.dumps(arguments, allow_nan=False)
    except TypeError as error:
        raise ValueError(f"a job's arguments are JSON-able ids: {error}") from error
    if json.loads(text) != arguments or len(text.encode()) > MAX_ARGUMENT_BYTES:
        raise ValueError("a job's arguments are a few plain ids; keep data in a table and pass its id")
