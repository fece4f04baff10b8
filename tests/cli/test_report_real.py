"""`qunyu report` on real data that others published, against figures counted independently from the raw files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import SHARED, Qunyu

MONTHLY = ("--timezone", "UTC", "--grain", "month", "--json")
FIGURES = {
    "messages": "messages",
    "active_authors": "active_members",
    "new_authors": "new_members",
    "active_prev_month_also": "retained_members",
}


def data(path: str) -> Path:
    """A file of the shared data."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"needs the shared data: {path}")
    return found.resolve()


def table(path: str) -> list[dict[str, str]]:
    """The rows of a truth by their headers."""
    lines = [line for line in data(path).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def assert_monthly_truth(found: dict[str, Any], truth: list[dict[str, str]]) -> None:
    months = {each["period"]: each for each in found["periods"]}
    assert len(truth) > 12
    for row in truth:
        month = months[row["month_utc"]]
        assert {ours: month[ours] or 0 for ours in FIGURES.values()} == {
            ours: int(row[theirs]) for theirs, ours in FIGURES.items()
        }, row["month_utc"]


def test_gitter(qunyu: Qunyu) -> None:
    """Source: freeCodeCamp/gitter-history, each message id once."""
    found = qunyu("report", data("chats/gitter-freecodecamp/gitter-history.tar.xz"), *MONTHLY).json
    assert (found["messages"], found["members"]) == (211_038, 7_503)
    assert_monthly_truth(found, table("chats/gitter-freecodecamp/monthly-ground-truth.tsv"))


def test_discord(qunyu: Qunyu) -> None:
    """Source: MrAlders0n/meshcore-discord-archive; a shape of its own, read by mapping."""
    mapped = ("--map", "time=t", "--map", "author_id=author", "--map", "community=thread")
    found = qunyu("report", data("chats/discord-meshcore/messages.jsonl.xz"), *mapped, *MONTHLY).json
    assert (found["messages"], found["members"], found["communities"]) == (62_512, 2_539, 577)
    assert_monthly_truth(found, table("chats/discord-meshcore/monthly-ground-truth.tsv"))


def test_irc(qunyu: Qunyu) -> None:
    """Source: jkkummerfeld/irc-disentanglement; 173 days of one channel."""
    only = [each for part in ("train", "dev", "test") for each in ("--include", f"*data/{part}/*.raw.txt")]
    found = qunyu("report", data("chats/irc-ubuntu/irc-disentanglement-raw.tar.xz"), *only, *MONTHLY).json
    counted = {
        "messages": 221_619,
        "actions": 513,
        "joins": 16_956,
        "leaves": 2_697,
        "renames": 5_104,
        "communities": 1,
    }
    assert {name: found[name] for name in counted} == counted


def test_cdnow(qunyu: Qunyu) -> None:
    """Source: Fader & Hardie's CDNOW, the whole file."""
    found = qunyu("report", "--orders", data("orders/cdnow-lifetimes/CDNOW_master.txt"), *MONTHLY).json["orders"]
    assert (found["orders"], found["buyers"], found["revenue"]) == (69_659, 23_570, 2_500_315.63)
    assert found["customerless"]["orders"] == 0


def test_online_retail(qunyu: Qunyu) -> None:
    """Source: the UCI data set; known customers' paid orders by month, cancelled and customerless ones apart."""
    found = qunyu("report", "--orders", data("orders/online-retail/by-day.tar.xz"), "--currency", "GBP", *MONTHLY).json
    orders = found["orders"]
    assert (orders["orders"], orders["buyers"], orders["revenue"]) == (18_532, 4_338, 8_911_407.90)
    assert orders["currency"] == "GBP"
    assert orders["cancelled"] == {"orders": 3_836, "amounts": {"GBP": 896_812.49}}
    assert orders["customerless"] == {"orders": 1_428, "amounts": {"GBP": 1_755_276.64}}
    truth = table("orders/online-retail/monthly-ground-truth.tsv")
    assert len(truth) == 13
    months = {each["period"]: each for each in found["periods"]}
    for row in truth:
        month = months[row["month"]]
        counted = (float(row["revenue_gbp"]), int(row["invoices"]), int(row["customers"]))
        assert (month["revenue"], month["orders"], month["buyers"]) == counted, row["month"]
