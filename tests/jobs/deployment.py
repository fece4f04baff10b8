"""Deployment: a migrated database and a data folder, with the test's own connection to it and workers beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, connections
from django.db.utils import ConnectionHandler

from qunyu.config.environment import read_environment

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("program.py")


def environment(data: Path, address: str) -> dict[str, str]:
    """The environment of a process of the deployment."""
    return {
        **os.environ,
        "QUNYU_DATA": str(data),
        "QUNYU_DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "qunyu.config.settings",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
    }


def migrate(data: Path, address: str) -> None:
    """Runs Django's command of that name in a process of its own."""
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    subprocess.run(command, env=environment(data, address), check=True)


@dataclass
class Deployment:
    """`data` is QUNYU_DATA, `address` QUNYU_DATABASE_URL."""

    data: Path
    address: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Inside the block the calling thread's default connection leads to this deployment."""
        handler = ConnectionHandler({"default": read_environment(environment(self.data, self.address)).database})
        before = connections["default"]
        connections["default"] = handler["default"]
        try:
            yield
        finally:
            connections["default"].close()
            connections["default"] = before

    def start_worker(self, beat: float = 0.3, stale: float = 30.0, grace: float = 5.0) -> subprocess.Popen[bytes]:
        """A worker process; what it prints goes to the file `output`."""
        with (self.data / "output").open("ab") as output:
            worker = subprocess.Popen(
                [sys.executable, str(PROGRAM), str(beat), str(stale), str(grace)],
                env=environment(self.data, self.address),
                stdout=output,
                stderr=output,
            )
        self.workers.append(worker)
        return worker

    def stop_workers(self) -> None:
        """Ends every worker at once and waits for it."""
        for worker in self.workers:
            worker.send_signal(signal.SIGKILL)
            worker.wait()

    @property
    def output(self) -> str:
        """What the workers printed."""
        path = self.data / "output"
        return path.read_text() if path.exists() else ""

    @property
    def diary(self) -> list[str]:
        """The lines that chores noted."""
        path = self.data / "diary"
        return path.read_text().splitlines() if path.exists() else []

    def effects(self) -> list[str]:
        """The rows of the table `effects`, in order."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT what FROM effects ORDER BY what")
            return [row[0] for row in cursor.fetchall()]


def until(met: Callable[[], object], seconds: float = 120.0) -> None:
    """Waits until `met()` is true; fails the test when it is not in time."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
