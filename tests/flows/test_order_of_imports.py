"""In whatever order exports come, and in one import or in several, they leave the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterable

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from tests.flows.conftest import Desk

CHAT = "time,community,author_id,author_name,text,kind\n"
TEXTS = ("早上好", "今天特价，限时抢购", "怎么泡白茶？", "早上好", "请先把水烧到八十度再冲泡")
KINDS = {2: "joined", 9: "left", 13: "joined"}
TALK = [
    f"2026-03-{1 + number // 3:02} {8 + number % 3:02}:00,tea,u{number % 4},小{number % 4},{TEXTS[number % 5]},{KINDS.get(number, 'message')}\n"
    for number in range(18)
]
TABLES = {
    "members.csv": "community,member_id,name,role,joined_at,left_at,phone,union_id,platform\n"
    "tea,u1,小1,成员,2026-03-01 07:00,,13800138000,,\ntea,u3,小3,管理员,2026-02-01 07:00,,,,\n",
    "orders.csv": "order_id,customer,ordered_at,amount,status,refund,手机号\n"
    "1,c1,2026-03-02 10:00,5,paid,,13800138000\n2,c2,2026-03-03 10:00,7,paid,2,\n",
    "costs.csv": "日期,社群,渠道,花费\n2026-03-01,tea,海报,2.5\n",
}
HALVES = st.tuples(st.integers(6, 17), st.integers(0, 12))
# A list that names no platform is of a community that is known already.
ORDERS = st.sampled_from(("early late tables", "late early tables", "early tables late", "late tables early"))


@given(HALVES, ORDERS)
@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_imports_does_not_matter(
    desk: Desk, settings: Settings, halves: tuple[int, int], order: str
) -> None:
    """The two exports of one chat may overlap, or leave something out between them."""
    early, late = (CHAT + "".join(TALK[part]) for part in (slice(0, halves[0]), slice(halves[1], None)))
    files = {"early": {"early.csv": early}, "late": {"late.csv": late}, "tables": TABLES}
    at_once = left_by(desk, settings, [{**files["early"], **files["late"], **TABLES}])
    assert left_by(desk, settings, [files[name] for name in order.split()]) == at_once


def left_by(desk: Desk, settings: Settings, imports: Iterable[dict[str, str]]) -> dict[str, object]:
    """What these imports leave in an empty deployment."""
    settings.QUNYU_DATA = desk.folder / "data"
    shutil.rmtree(settings.QUNYU_DATA, ignore_errors=True)
    settings.QUNYU_DATA.mkdir(parents=True)
    with transaction.atomic():
        for files in imports:
            owner = desk.bring({**files})
            assert (owner.state, desk.problems(owner)) == ("done", [])
        found = desk.everything()
        transaction.set_rollback(True)
    return found
