"""Registry: the jobs that the packages' tasks.py declare, by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Literal, TypeVar

from django.apps import apps

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

Queue = Literal["default", "lake"]

# Jobs of `default` that one worker runs at a time.
DEFAULT_CONCURRENCY = 2

_NAME = re.compile(r"[a-z][a-z0-9]*(\.[a-z][a-z0-9_]*)+\Z")
_Function = TypeVar("_Function", bound=Callable[..., object])


@dataclass(frozen=True)
class Job:
    """A function that runs in the background.

    `cron` (five fields, in the deployment's zone) makes it run by itself; empty = only when asked for.
    Of a `lake` job never two run at once, over all processes.
    """

    name: str
    queue: Queue
    function: Callable[..., object]
    cron: str = ""


_jobs: dict[str, Job] = {}


def job(name: str, *, queue: Queue = "default", cron: str = "") -> Callable[[_Function], _Function]:
    """Declares the decorated function as the job `name` ("package.verb"); its result must be JSON-able.

    Raises ValueError for a name of another form or one already taken.
    """
    if not _NAME.match(name):
        raise ValueError(f"a job is called package.verb in small letters, not {name!r}")

    def register(function: _Function) -> _Function:
        known = _jobs.get(name)
        if known is not None and known.function.__module__ != function.__module__:
            raise ValueError(f"job {name!r} is declared in {known.function.__module__} already")
        _jobs[name] = Job(name, queue, function, cron)
        return function

    return register


def find(name: str) -> Job:
    """The job called `name`.

    Raises DomainError unknown_job when no installed package declares it.
    """
    _discover()
    if name not in _jobs:
        message = Words("没有名为“{name}”的后台任务", "there is no background job called “{name}”")
        raise DomainError("unknown_job", message.fill(name=name), name=name)
    return _jobs[name]


def declared() -> Mapping[str, Job]:
    """Every job of the installed packages by name."""
    _discover()
    return _jobs


@cache
def _discover() -> None:
    for config in apps.get_app_configs():
        if config.name.startswith("qunyu.") and find_spec(f"{config.name}.tasks") is not None:
            import_module(f"{config.name}.tasks")
