"""Who is in each of ten segments, as the product answers it, and its list pages (QUNYU_DATA)."""

from __future__ import annotations

import os
from pathlib import Path
from statistics import median
from time import perf_counter

from qunyu.cli.setting_up import set_up

set_up(Path(os.environ["QUNYU_DATA"]))

from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.page_ours import director  # noqa: E402
from benchmarks.segment_names import NOW, SEGMENTS, timed  # noqa: E402
from benchmarks.segment_rows import rows  # noqa: E402
from qunyu.console.entering import KEPT  # noqa: E402
from qunyu.people.queries import root_unit, scope_of  # noqa: E402
from qunyu.people.sessions import begin_session  # noqa: E402
from qunyu.segments.actions import add_segment, count_segment  # noqa: E402
from qunyu.segments.conditions import Speaker  # noqa: E402
from qunyu.segments.models import Segment  # noqa: E402
from qunyu.segments.queries import members_in  # noqa: E402

ADDRESSES = (
    "/segments", "/members", "/members?tier=active", "/members/calendar", "/prospects", "/prospects/worth", "/members/points/ledger",
    "/members/points/levels/people", "/members/consents", "/settings/audit", "/settings/audit/views",
)  # fmt: skip


def answers(runs: int) -> dict[str, float]:
    """Median seconds of each segment, its text read and everything asked anew each time; the members go to ours-N.parquet beside the database."""
    scope, data = scope_of(director()), Path(os.environ["QUNYU_DATA"])
    return timed(runs, data, "ours", lambda which: members_in(scope, Speaker(scope).from_text(SEGMENTS[which]), NOW))


def keep() -> int:
    """Makes the ten segments and counts them, as every night; how many there are."""
    scope, root = scope_of(director()), root_unit()
    speaker = Speaker(scope)
    for name, text in SEGMENTS.items():
        if not Segment.objects.filter(name=name).exists():
            add_segment(by=scope, unit=root, name=name, condition=speaker.from_text(text), now=NOW)
    for segment in Segment.objects.select_related("unit"):
        count_segment(segment, NOW)
    return Segment.objects.count()


def fill() -> int:
    """Makes the rows that the other list pages show; how many people stand on a level."""
    return rows()


def pages() -> dict[str, float]:
    """Seconds of each list page: the median of three times, after it was asked for once.

    Raises RuntimeError when one is not answered with 200.
    """
    who, client = director(), Client(headers={"accept-language": "en"})
    client.force_login(who)
    session = client.session
    session[KEPT] = begin_session(staff=who, via="password", strong=False, now=timezone.now()).pk
    session.save()
    seconds: dict[str, list[float]] = {address: [] for address in ADDRESSES}
    for _ in range(4):
        for address, found in seconds.items():
            start = perf_counter()
            response = client.get(address)
            found.append(perf_counter() - start)
            if response.status_code != 200:
                raise RuntimeError(f"{address} answered {response.status_code}")
    return {address: median(found[1:]) for address, found in seconds.items()}
