"""Files: stages as far as exported files tell them."""

from pathlib import Path

import pytest

from qunyu.simulation.scoring.files import stages
from qunyu.simulation.scoring.known import read_truth
from tests.simulation.conftest import Made
from tests.simulation.histories import person, truth

CHAT = """\
time,kind,author_id,other_id
2026-07-12T12:00:00+08:00,message,{first},
2026-07-15T12:00:00+08:00,message,{second},
2026-07-19T{last}:00:00+08:00,message,{third},
{more}"""
MEMBERS = """\
member_id,joined_at,phone,union_id
wx1,2026-07-12T11:00:00+08:00,{phone},{union}
tg1,2026-07-14T11:00:00+08:00,{phone},
"""
ORDERS = "customer,status,phone,union_id\n"
DEFAULTS = {"first": "wx1", "second": "tg1", "third": "wx1", "last": "23", "more": "", "phone": "", "union": ""}


def told(folder: Path, orders: str = "", **changes: str) -> str:
    """The stage of one person, wx1 and tg1, from files that differ from the usual by `changes`."""
    given = {**DEFAULTS, **changes}
    (folder / "chats" / "wechat").mkdir(parents=True)
    (folder / "chats" / "wechat" / "group.csv").write_text(CHAT.format(**given), encoding="utf-8")
    (folder / "members.csv").write_text(MEMBERS.format(**given), encoding="utf-8")
    (folder / "orders.csv").write_text(ORDERS + orders, encoding="utf-8")
    (stage,) = stages(truth(person(ids={"wechat": "wx1", "telegram": "tg1"})), folder)
    return stage


@pytest.mark.parametrize(
    ("changes", "stage"),
    [
        ({}, "retention"),
        ({"third": "wx2"}, "activation"),
        ({"first": "wx2"}, "activation"),
        ({"first": "wx2", "second": "wx2", "third": "wx2"}, "acquisition"),
        ({"more": "2026-07-20T09:00:00+08:00,joined,wx9,tg1\n"}, "referral"),
        ({"more": "2026-07-20T09:00:00+08:00,joined,wx9,boss\n"}, "retention"),
        ({"more": "2026-07-20T09:00:00+08:00,left,wx9,wx1\n"}, "retention"),
        ({"orders": "C1,paid,p1,\n", "phone": "p1"}, "revenue"),
        ({"orders": "C1,paid,,u1\n", "union": "u1"}, "revenue"),
        # The order that was paid tells nothing of the buyer, another of that customer does.
        ({"orders": "C1,paid,,\nC1,unpaid,p1,\n", "phone": "p1"}, "revenue"),
        ({"orders": "C1,unpaid,p1,\n", "phone": "p1"}, "retention"),
        ({"orders": "C1,paid,p2,\n", "phone": "p1"}, "retention"),
        ({"orders": "C1,paid,,\n"}, "retention"),
    ],
)
def test_stage(changes: dict[str, str], stage: str, tmp_path: Path) -> None:
    assert told(tmp_path, **changes) == stage


def test_files_never_tell_more_than_the_truth_and_mostly_all_of_it(brand: Made) -> None:
    order = ("acquisition", "activation", "retention", "revenue", "referral")
    found = read_truth(brand.folder)
    pairs = [(each.stage, stage) for each, stage in zip(found.people, stages(found, brand.folder), strict=True)]
    assert all(order.index(stage) <= order.index(true) for true, stage in pairs)
    wrong = {true for true, stage in pairs if true != stage}
    # What is not exported: who brought those who came before the chats, and whose some orders are.
    assert wrong == {"revenue", "referral"}
    assert 0.85 < sum(true == stage for true, stage in pairs) / len(pairs) < 1
