"""Setting up: which deployment a command works on, and Django made ready for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click


def set_up(data: Path | None = None, *, zone: str = "", migrate: bool = True) -> None:
    """Makes Django ready on `data` (QUNYU_DATA when None), its database migrated.

    Raises DomainError bad_setting.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qunyu.config.settings")
    if data is not None:
        os.environ["QUNYU_DATA"] = str(data)
    if zone:
        os.environ["QUNYU_TIME_ZONE"] = zone
    import django

    django.setup()
    if migrate:
        migrated()
        _bring_up_to_date()


def migrated() -> None:
    """Brings the database to today's tables; where an upgrade did that, it looks at them, for it knows nothing of a new index yet."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    from qunyu.kernel.tables import take_stock

    before = MigrationRecorder(connection).applied_migrations()
    call_command("migrate", verbosity=0, interactive=False)
    if before and before.keys() != MigrationRecorder(connection).applied_migrations().keys():
        take_stock()


def set_up_apart(*command: str) -> str:
    """Runs `qunyu` with `command` in a process of its own; what it wrote on standard output.

    Raises Exit with its code unless that is 0; it has said why.
    """
    ended = subprocess.run(
        [sys.executable, "-m", "qunyu.cli", *command], stdout=subprocess.PIPE, text=True, check=False
    )
    if ended.returncode:
        raise click.exceptions.Exit(ended.returncode)
    return ended.stdout


def _bring_up_to_date() -> None:
    from datetime import UTC, datetime

    from qunyu.flows.place import place
    from qunyu.flows.upgrading import bring_up_to_date

    bring_up_to_date(place=place(), now=datetime.now(UTC))


@contextmanager
def thrown_away(zone: str) -> Iterator[Path]:
    """A deployment in a folder that goes when the block ends."""
    with TemporaryDirectory(prefix="qunyu-") as folder:
        data = Path(folder)
        os.environ["QUNYU_DATABASE_URL"] = f"sqlite:///{data / 'db.sqlite3'}"
        set_up(data, zone=zone)
        yield data
