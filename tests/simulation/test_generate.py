"""Generate: the same bytes for the same spec, everything refers to something that is there, and memory stays small."""

import hashlib
import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.simulation.actions import generate
from qunyu.simulation.brand import BrandSpec
from qunyu.simulation.life import live
from qunyu.simulation.world import settle
from tests.simulation.conftest import Made, Make

END = date(2026, 8, 31)
SMALL = {"days": 40, "members": 400}


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        found.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return found.hexdigest()


def in_another_process(folder: Path, hash_seed: str) -> str:
    code = (
        "import sys; from pathlib import Path; from datetime import date\n"
        "from qunyu.simulation.actions import generate; from qunyu.simulation.brand import BrandSpec\n"
        "generate(BrandSpec(11, date(2026, 8, 31), days=40, members=400), Path(sys.argv[1]))"
    )
    paths = os.pathsep.join(each for each in sys.path if each)
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": paths}
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True, env=environment)
    return digest(folder)


def test_the_same_spec_gives_the_same_bytes_whatever_the_hash_seed(make: Make, tmp_path: Path) -> None:
    here = digest(make(**SMALL).folder)
    assert in_another_process(tmp_path / "a", "1") == here
    assert in_another_process(tmp_path / "b", "977") == here


def test_another_seed_gives_another_brand(make: Make) -> None:
    assert digest(make(**SMALL).folder) != digest(make(**SMALL, seed=12).folder)


def test_default_spec_has_the_promised_size() -> None:
    world = settle(BrandSpec(1, END))
    people = [each for each in world.people if each.role == "member" and not each.intruder and each.memberships]
    assert len(world.days) == 120
    assert len(world.communities) == 31
    assert {each.type for each in world.communities} == {"lead", "welfare", "flash", "sharing", "sales", "enabling"}
    assert {each.platform for each in world.communities} == {"wechat", "wecom", "qq", "telegram"}
    assert len(people) >= 5_000
    assert sum(len(each.memberships) > 1 for each in people) > 500
    assert sum(len(each.ids) > 1 for each in people) > 200


@pytest.mark.parametrize("bad", [{"days": 13}, {"members": 59}, {"rate": 0.0}, {"rate": -1.0}])
def test_too_small_a_brand_is_refused_and_nothing_written(bad: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(DomainError) as refused:
        generate(BrandSpec(**{"seed": 1, "ends_on": END, **bad}), tmp_path / "brand")
    assert refused.value.code == "simulation_too_small"
    assert not (tmp_path / "brand").exists()


@pytest.mark.parametrize(
    "spec", [{"days": 14, "members": 60}, {"days": 30, "members": 200, "ends_on": date(2024, 2, 29)}]
)
def test_small_brands_are_whole_too(make: Make, spec: dict[str, Any]) -> None:
    made = make(**spec)
    assert len(made.chats()) == made.summary.communities == 31
    assert made.summary.messages > 100


def test_summary_counts_what_is_in_the_files(brand: Made) -> None:
    chats = brand.chats()
    assert brand.summary.lines == sum(map(len, chats.values()))
    assert brand.summary.messages == sum(row["kind"] == "message" for rows in chats.values() for row in rows)
    assert brand.summary.memberships == len(brand.rows("members.csv"))
    assert brand.summary.orders == len({row["order_id"] for row in brand.rows("orders.csv")})
    assert brand.summary.cost_rows == len(brand.rows("costs.csv"))


def test_everybody_who_speaks_is_a_member_at_that_time(brand: Made) -> None:
    stays = {
        (row["community"], row["member_id"]): (row["joined_at"], row["left_at"]) for row in brand.rows("members.csv")
    }
    for key, rows in brand.chats().items():
        for row in rows:
            joined, left = stays[key, row["author_id"]]
            assert joined <= row["time"] and (not left or row["time"] <= left), row


def test_inviters_and_removers_are_members_and_names_agree(brand: Made) -> None:
    names = {(row["community"], row["member_id"]): row["name"] for row in brand.rows("members.csv")}
    others = [(key, row) for key, rows in brand.chats().items() for row in rows if row["other_id"]]
    assert len(others) > 100
    for key, row in others:
        assert names[key, row["other_id"]] == row["other_name"]
        assert names[key, row["author_id"]] == row["author_name"]


def test_chats_are_in_order_with_numbers_of_their_own_and_within_the_window(brand: Made) -> None:
    for rows in brand.chats().values():
        assert all(one["time"] <= two["time"] for one, two in pairwise(rows))
        assert len({row["message_id"] for row in rows}) == len(rows)
        for row in rows:
            at = datetime.fromisoformat(row["time"])
            assert at.utcoffset() is not None
            assert date(2026, 5, 4) <= at.date() <= END
            assert row["kind"] in ("message", "joined", "left")


def test_one_person_on_two_platforms_has_the_same_phone_and_union_id(brand: Made) -> None:
    rows = brand.rows("members.csv")
    where = {(row["platform"], row["member_id"]): row for row in rows}
    several = [each for each in brand.truth()["members"] if len(each["ids"]) > 1 and not each["intruder"]]
    assert several
    for person in several:
        found = [where[platform, key] for platform, key in person["ids"].items() if (platform, key) in where]
        assert len({row["phone"] for row in found}) == 1
        assert len({row["union_id"] for row in found} - {""}) <= 1


def test_most_orders_fall_into_the_buyer_s_membership(brand: Made) -> None:
    stays = {}
    for person in brand.truth()["members"]:
        stays[person["customer"]] = [(each["joined_at"], each["left_at"]) for each in person["memberships"]]
    orders = brand.rows("orders.csv")
    within = sum(
        any(
            joined <= row["ordered_at"] and (not left or row["ordered_at"] <= left)
            for joined, left in stays.get(row["customer"], ())
        )
        for row in orders
    )
    assert 0.85 < within / len(orders) < 1.0


def test_amounts_are_exact_and_refunds_belong_to_refunded_orders(brand: Made) -> None:
    statuses = Counter(row["status"] for row in brand.rows("orders.csv"))
    assert set(statuses) == {"paid", "refunded", "unpaid", "cancelled"}
    for row in brand.rows("orders.csv"):
        assert row["amount"].split(".")[1].isdigit() and len(row["amount"].split(".")[1]) == 2
        assert (row["refund"] == row["amount"]) == (row["status"] == "refunded")


def test_a_louder_brand_holds_one_day_at_a_time() -> None:
    spec = BrandSpec(3, END, days=30, members=300, rate=12.0)
    world = settle(spec)
    community = max(world.communities, key=lambda each: each.target)
    crew, members = world.crews[community.number], world.members[community.number]
    sizes = [len(lines) for _, lines in live(spec, community, crew, members, world.days, world.cues)]
    assert len(sizes) == 30
    assert sum(sizes) > 1_000


def test_memory_does_not_grow_with_what_is_said(tmp_path: Path) -> None:
    peaks, messages = [], []
    for rate in (1.0, 6.0):
        generate(BrandSpec(3, END, days=30, members=300, rate=0.1), tmp_path / "warm")
        tracemalloc.start()
        messages.append(generate(BrandSpec(3, END, days=30, members=300, rate=rate), tmp_path / str(rate)).messages)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert messages[1] > 2.5 * messages[0]
    assert peaks[1] < 2 * peaks[0]
