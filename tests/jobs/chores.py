"""Jobs for the tests, imported by the test process and by its workers alike."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from qunyu.jobs.port import enqueue, job, once
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

NO_TEA = Words("没有茶叶了，请补货", "there is no tea left; order some")


def note(what: str) -> None:
    """One line in the deployment's diary: written at once, in no transaction, so it shows every begin."""
    with (Path(settings.QUNYU_DATA) / "diary").open("a") as stream:
        stream.write(f"{what}\n")


def effect(what: str) -> None:
    """One row of the table `effects`."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO effects (what) VALUES (%s)", [what])


@job("chores.add")
def add(left: int, right: int) -> dict[str, int]:
    return {"sum": left + right}


@job("chores.refuse")
def refuse() -> None:
    with once("before") as first:
        if first:
            effect("refuse")
    if not (Path(settings.QUNYU_DATA) / "tea").exists():
        raise DomainError("no_tea", NO_TEA, cups=2)


@job("chores.crash")
def crash() -> None:
    raise ValueError("the cup {broke}")


@job("chores.order")
def order(cups: int) -> str:
    """Asks for another job as its effect and returns that one's id."""
    with once("order") as first:
        if first:
            return enqueue("chores.add", left=cups, right=cups)
    return ""


@job("chores.brew")
def brew(cup: str) -> str:
    """Notes that it began, waits for the file named after the cup, and has an effect before and after."""
    with once("water") as first:
        if first:
            effect(f"water {cup}")
    note(f"{cup} {os.getpid()}")
    while not (Path(settings.QUNYU_DATA) / cup).exists():
        time.sleep(0.05)
        with once("stir"):
            pass
    with once("leaves") as first:
        if first:
            effect(f"leaves {cup}")
    return cup


@job("chores.write", queue="lake")
def write(number: int) -> int:
    note(f"begin {number}")
    time.sleep(0.1)
    note(f"end {number}")
    return os.getpid()
