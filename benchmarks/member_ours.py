"""Members' pages of a deployment made of a lake (QUNYU_DATA), through Django's test client, and what they show as rows."""

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter

import pyarrow as pa

from qunyu.cli.setting_up import set_up

set_up(Path(os.environ["QUNYU_DATA"]))

from django.test import Client  # noqa: E402

from benchmarks.made_deployment import fill, label_all  # noqa: E402
from benchmarks.page_ours import director  # noqa: E402
from qunyu.commerce.queries import orders_of  # noqa: E402
from qunyu.events.lake.timeline import Seen, timeline  # noqa: E402
from qunyu.flows.place import lake, place  # noqa: E402
from qunyu.members.models import Member  # noqa: E402
from qunyu.members.queries import memberships_of  # noqa: E402
from qunyu.people.queries import scope_of  # noqa: E402

MOMENTS = 41
ROWS = pa.schema(
    [
        ("member", pa.int64()),
        ("kind", pa.string()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("place", pa.int64()),
        ("figure", pa.int64()),
    ]
)


def deploy(folder: str) -> dict[str, int]:
    """Fills the database from the lake in `folder`; how many there are of each kind."""
    return fill(Path(folder), place().lake)


def label() -> int:
    """Labels everybody, from the lake to the database; how many got a value."""
    return label_all()


def ask(members: list[int]) -> list[float]:
    """Seconds of the page of each member, asked by a director.

    Raises RuntimeError when a page is not answered with 200.
    """
    client, seconds = Client(headers={"accept-language": "en"}), []
    client.force_login(director())
    for member in Member.objects.filter(id__in=members):
        start = perf_counter()
        response = client.get(f"/members/{member.public_id}")
        seconds.append(perf_counter() - start)
        if response.status_code != 200 or b"Member " not in response.content:
            raise RuntimeError(f"the page of {member} answered {response.status_code}")
    return seconds


def answer(members: list[int]) -> pa.Table:
    """Where each of the members is (with messages), what they ordered (with the amount) and the latest they did (with its length)."""
    scope, published, rows = scope_of(director()), lake(), []
    for member in Member.objects.filter(id__in=members):
        there = memberships_of(scope, member)
        rows += [(member.pk, "there", each.last_at, each.community_id, each.messages) for each in there]
        rows += [(member.pk, each.status, each.ordered_at, 0, each.amount) for each in orders_of(scope, member.pk)]
        seen = Seen([each.identity_id for each in there], {each.community_id for each in there})
        moments = timeline(published, seen, "", MOMENTS)
        rows += [(member.pk, each.kind, each.at, each.community, len(each.text)) for each in moments]
    return pa.table([pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), ROWS, strict=True)], schema=ROWS)  # fmt: skip
