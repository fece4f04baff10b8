"""Worker: a process that runs queued jobs until it is told to end."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import NoReturn

from django.db import DatabaseError, close_old_connections, connection, connections

from qunyu.jobs import engine, workers
from qunyu.jobs.registry import declared
from qunyu.jobs.running import perform
from qunyu.jobs.timetable import Timetable

logger = logging.getLogger("qunyu.jobs")

LOST_STATUS = 70
# Goes on while the machine sleeps, as the database's clock does.
CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def seconds() -> float:
    """Seconds of a clock nobody sets."""
    return time.clock_gettime(CLOCK)


@dataclass(frozen=True)
class Pace:
    """Seconds between heartbeats, of silence after which a worker counts as dead, and for running jobs at the end."""

    beat: float = 5.0
    stale: float = 30.0
    grace: float = 10.0


@dataclass
class Worker:
    """One living worker and what it remembers between heartbeats: the last one's time, and since when none was late."""

    executor_id: str
    token: str
    pace: Pace
    timetable: Timetable = field(default_factory=Timetable)
    heard_at: float = field(default_factory=seconds)
    steady_since: float = field(default_factory=seconds)

    def tend(self) -> None:
        """One heartbeat: say that we live, rescue the jobs of the dead, ask for what is due.

        Ends the process when others may have taken its jobs: they run elsewhere now.
        """
        close_old_connections()
        try:
            self._beat()
            # After a pause of the whole machine, or of SQLite under a VACUUM, everybody looks dead for a moment.
            if self.heard_at - self.steady_since > self.pace.stale:
                for job_id in workers.rescue(self.pace.stale):
                    logger.warning("job %s goes on: its worker had died", job_id)
            self.timetable.ask()
        except DatabaseError:
            logger.exception("the heartbeat of %s could not be written", self.executor_id)
            # Who is cut off from a server may be the only one; who waits for SQLite's lock never is.
            if connection.vendor != "sqlite" and seconds() - self.heard_at > self.pace.stale:
                end_at_once("%s was silent for too long", self.executor_id)

    def _beat(self) -> None:
        if not workers.beat(self.executor_id, self.token):
            end_at_once("another worker took over the jobs of %s", self.executor_id)
        now = seconds()
        if now - self.heard_at > self.pace.stale / 2:
            self.steady_since = now
        self.heard_at = now


def run(pace: Pace | None = None) -> NoReturn:
    """Runs jobs until SIGTERM or SIGINT, then gives the running ones `grace` seconds, and ends the process.

    What has not ended by then goes back to its queue and is begun again elsewhere, its effects under `once` kept.
    """
    pace = pace or Pace()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    declared()
    # It takes seconds, in which a worker that had appeared could not say that it lives.
    engine.load()
    with workers.seat() as executor_id:
        worker = Worker(executor_id, workers.appear(executor_id), pace)
        engine.launch(executor_id, perform)
        worker.tend()
        while not stop.wait(pace.beat):
            worker.tend()
        engine.close(pace.grace)
        workers.leave(executor_id, worker.token)
        connections.close_all()
        leave_process(0)


def end_at_once(message: str, *values: object) -> NoReturn:
    """Ends the process without waiting for its jobs."""
    logger.error(message, *values)
    leave_process(LOST_STATUS)


def leave_process(code: int) -> NoReturn:
    """Ends the process now: Python would wait for the threads of jobs that have outlived their grace."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
