"""`qunyu` in a process of its own that need not load other people's libraries anew: these take most of a short command's time."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# None of ours, whose settings are read when they load; none that reads Django's.
LIBRARIES = ("dbos", "deltalake", "django.contrib.auth.hashers", "duckdb", "numpy", "psycopg", "pyarrow", "pydantic")

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(list(LIBRARIES))


def run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], out: Path, err: Path) -> int:
    """Runs `qunyu` with the arguments in `folder`, its output in the files `out` and `err`; the exit code."""
    process = _processes.Process(target=_command, args=(list(arguments), folder, dict(environment), out, err))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def _command(arguments: list[str], folder: Path, environment: dict[str, str], out: Path, err: Path) -> None:
    """What `.venv/bin/qunyu` does, in a process that was forked."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for path, stream in ((out, sys.stdout), (err, sys.stderr)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    from qunyu.cli.main import main

    sys.argv = ["qunyu", *arguments]
    main()
