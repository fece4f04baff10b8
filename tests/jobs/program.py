"""A worker in a process of its own: `python program.py BEAT STALE GRACE`."""

from __future__ import annotations

import sys
from pathlib import Path

import django


def tell_of_network(event: str, values: tuple[object, ...]) -> None:
    """Leaves a file `network` behind when anything but a Unix socket is connected to."""
    from django.conf import settings

    if event == "socket.connect" and not isinstance(values[1], str | bytes):
        (Path(settings.QUNYU_DATA) / "network").write_text(repr(values[1]))


def main(beat: float, stale: float, grace: float) -> None:
    """Runs the worker until it is told to end."""
    django.setup()
    import tests.jobs.chores  # noqa: F401
    from qunyu.jobs.worker import Pace, run

    sys.addaudithook(tell_of_network)
    run(Pace(beat, stale, grace))


if __name__ == "__main__":
    main(*(float(each) for each in sys.argv[1:]))
