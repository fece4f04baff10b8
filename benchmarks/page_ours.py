"""The console's board as a browser asks for it, through Django's test client, in a deployment of its own (QUNYU_DATA)."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

from qunyu.cli.setting_up import set_up

set_up(Path(os.environ["QUNYU_DATA"]))

from django.test import Client  # noqa: E402

from benchmarks.board_ours import stand_in  # noqa: E402
from qunyu.communities.models import Community  # noqa: E402
from qunyu.flows.at_once import import_now  # noqa: E402
from qunyu.flows.request import ImportRequest, parts_of  # noqa: E402
from qunyu.kernel.scope import system_scope  # noqa: E402
from qunyu.people.actions import add_staff, grant  # noqa: E402
from qunyu.people.models import Staff  # noqa: E402
from qunyu.people.queries import root_unit  # noqa: E402
from qunyu.simulation.actions import generate  # noqa: E402
from qunyu.simulation.brand import BrandSpec  # noqa: E402

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ADDRESSES = ("/board", "/board?grain=week", "/board?grain=day", "/board?by=community")


def demo(folder: str, members: int) -> dict[str, int]:
    """Makes the simulated brand in `folder` and imports it into QUNYU_DATA; the facts by kind."""
    generate(BrandSpec(seed=1, ends_on=date(2025, 12, 31), members=members), Path(folder))
    tables = {name: str(Path(folder) / f"{name}.csv") for name in ("orders", "members", "costs")}
    request = ImportRequest(parts_of((str(Path(folder) / "chats"),), **tables))
    _, summary = import_now(request, title="demo", now=NOW, progress=lambda step, done: None)
    facts: dict[str, int] = summary["facts"]
    return facts


def ask(requests: int, dimensions: str = "") -> list[float]:
    """Seconds of each request of a signed-in director, the addresses in turn; with `dimensions`, people and communities come from that folder's tables.

    Raises RuntimeError when a page is not answered with 200.
    """
    if dimensions:
        _stand_in(Path(dimensions))
    client = Client(headers={"accept-language": "en"})
    client.force_login(director())
    seconds = []
    for number in range(requests):
        address, start = ADDRESSES[number % len(ADDRESSES)], perf_counter()
        response = client.get(address)
        seconds.append(perf_counter() - start)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")
    return seconds


def director() -> Staff:
    """Who may see everything; made at the first call."""
    scope, root = system_scope("benchmark"), root_unit()
    found = Staff.objects.filter(username="bench").first()
    if found is None:
        found = add_staff(by=scope, username="bench", name="Bench", password="only for a benchmark 9", now=NOW)
        grant(by=scope, staff=found, role="director", unit=root, now=NOW)
    return found


def _stand_in(folder: Path) -> None:
    """A made lake has nobody in the database: the page only looks there whether any community exists."""
    stand_in(folder)
    Community.objects.get_or_create(unit=root_unit(), platform="made", key="made", name="made")
