"""Who may be the same person: names alike, what speaks for and against, the queue, decisions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qunyu.events.models import Import
from qunyu.flows.place import lake
from qunyu.kernel.platform_ids import keyed_id
from qunyu.kernel.scope import Scope
from qunyu.members import merging
from qunyu.members.actions import Seen, know
from qunyu.members.merging import decide, take_back
from qunyu.members.models import Identity, Member, Membership, Suggestion
from qunyu.members.rules.likeness import Two, parts_of, plain_name, score
from qunyu.members.suggesting import LEAST, find, keep, pairs_of, suggestions
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, AddStaff
from tests.members.conftest import Place

BASE = Two("equal", 2, 4, exactly=True)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "enqueue", lambda *_, **__: "")


@pytest.mark.parametrize(
    ("name", "plain", "parts"),
    [
        ("Ｔｉｎａ🌸", "tina", []), (" 小 茶 ", "小茶", ["茶"]), ("上海-小茶", "上海小茶", ["小茶"]), ("🍵", "", []),
        ("Tina_李", "tina李", []), ("杭州店｜唐丽", "杭州店唐丽", ["唐丽"]),
    ],
)  # fmt: skip
def test_names_are_cleaned(name: str, plain: str, parts: list[str]) -> None:
    assert (plain_name(name), [each for each in parts_of(name) if len(each) > 1]) == (
        plain,
        [p for p in parts if len(p) > 1],
    )


@pytest.mark.parametrize(
    ("told", "rises"),
    [
        ({"bearers": 6}, False), ({"length": 8}, True), ({"shop": True}, True), ({"one_platform": True}, False),
        ({"phones_differ": True}, False), ({"unions_differ": True}, False), ({"beside": 2}, False), ({"minutes": 3}, False),
        ({"after": True}, True), ({"near": True}, True), ({"near": False}, False), ({"theme": True}, True),
        ({"hours": ([10] * 24, [10] * 24)}, True), ({"hours": ([20] + [0] * 23, [0] * 23 + [20])}, False),
        ({"exactly": False}, False), ({"how": "near", "exactly": False}, False),
    ],
)  # fmt: skip
def test_each_piece_of_evidence_moves_the_chance_its_way(told: dict[str, Any], rises: bool) -> None:
    fields = {name: getattr(BASE, name) for name in Two.__dataclass_fields__}
    plain, other = score(BASE).percent, score(Two(**{**fields, **told})).percent
    assert (other > plain, other < plain) == (rises, not rises)


def test_hours_of_who_left_few_traces_tell_nothing() -> None:
    few = Two("equal", 2, 4, exactly=True, hours=([1] * 19 + [0] * 5, [10] * 24))
    assert score(few) == score(BASE)


@pytest.fixture
def crowd(system: Scope, place: Place, unit: Unit, other_unit: Unit) -> dict[str, Identity]:
    """Two called 半山听雨 on two platforms, one called almost so, three with a common name, two with one phone in one community."""
    tea, far = place("tea", unit), place("far", other_unit)
    seen = [
        Seen("wechat", None, "w1", "半山听雨茶🌸"), Seen("qq", None, "q1", "半山听雨茶🌸"), Seen("telegram", None, "t1", "半山听雨茶呀"),
        Seen("wechat", None, "a1", "小茶", "", "p1"), Seen("wechat", None, "a2", "阿茶", "", "p1"), Seen("wechat", None, "f1", "远方的人啊"),
        Seen("qq", None, "f2", "远方的人啊"), Seen("qq", None, "wx_a_one_9k", ""), Seen("wechat", None, "wx_b_two_9k", ""),
    ]  # fmt: skip
    owner = Import.objects.create(unit_id=unit.pk, title="crowd", created_at=NOW, state="done", finished_at=NOW)
    know(by=system, seen=seen, import_id=owner.pk)
    found = {each.clear_key: each for each in Identity.objects.all()}
    for key, each in found.items():
        where = far if key.startswith("f") else tea
        first = NOW + timedelta(days=40) if key == "q1" else NOW
        gone = NOW + timedelta(days=20) if key == "w1" else None
        Membership.objects.create(identity=each, community=where, first_at=first, last_at=first, left_at=gone)
    return found


@pytest.fixture
def queue(system: Scope, crowd: dict[str, Identity]) -> dict[str, Identity]:
    keep(by=system, found=find(lake()), now=NOW)
    return crowd


def asked(scope: Scope, **how: str) -> list[tuple[str, str, str]]:
    rows = suggestions(scope, **how).order_by("-score", "pk")
    return [(row.one.clear_key, row.other.clear_key, row.kind) for row in rows]


def test_alike_names_and_doubtful_joins_are_asked_about(system: Scope, queue: dict[str, Identity]) -> None:
    assert set(asked(system)) == {("f1", "f2", "name"), ("a1", "a2", "joined"), ("w1", "q1", "name")}
    assert all(row.score >= LEAST for row in Suggestion.objects.all())
    codes = {code for code, _, _ in Suggestion.objects.get(one__key=keyed_id("w1")).reasons}
    assert {"exactly", "bearers", "after", "near_units"} <= codes


def test_asking_again_changes_nothing_and_forgets_what_is_no_question_any_more(
    system: Scope, queue: dict[str, Identity]
) -> None:
    before = list(Suggestion.objects.order_by("id").values())
    assert keep(by=system, found=find(lake()), now=NOW) == len(before)
    assert list(Suggestion.objects.order_by("id").values()) == before
    Identity.objects.filter(key=keyed_id("f2")).update(name="别的名字")
    decide(by=system, pairs=[(queue["a1"].pk, queue["a2"].pk)], verdict="same", now=NOW)
    keep(by=system, found={}, now=NOW)
    assert asked(system, state="all") == [("a1", "a2", "joined")]


def test_what_is_decided_leaves_the_queue_and_comes_back_when_taken_back(
    system: Scope, queue: dict[str, Identity]
) -> None:
    pair = (queue["w1"].pk, queue["q1"].pk)
    for verdict, together in (("same", True), ("different", False), ("later", False)):
        made = decide(by=system, pairs=[pair], verdict=verdict, now=NOW)
        members = set(Identity.objects.filter(pk__in=pair).values_list("member", flat=True))
        assert (len(members) == 1) is together
        assert ("w1", "q1", "name") not in asked(system)
        assert asked(system, state=verdict) == [("w1", "q1", "name")]
        take_back(by=system, decisions=made, now=NOW)
        assert ("w1", "q1", "name") in asked(system)


def test_a_doubtful_join_is_confirmed_or_parted(system: Scope, queue: dict[str, Identity]) -> None:
    pair = (queue["a1"].pk, queue["a2"].pk)
    made = decide(by=system, pairs=[pair], verdict="same", now=NOW)
    assert asked(system, kind="joined") == []
    take_back(by=system, decisions=made, now=NOW)
    decide(by=system, pairs=[pair], verdict="different", now=NOW)
    assert len(set(Identity.objects.filter(pk__in=pair).values_list("member", flat=True))) == 2
    assert asked(system, kind="joined") == []
    assert Member.objects.filter(identities__key=keyed_id("a2")).get().name == "阿茶"


def test_the_queue_is_searched_and_narrowed_to_what_may_be_seen(
    system: Scope, queue: dict[str, Identity], staff: AddStaff, unit: Unit
) -> None:
    assert asked(system, text="半山") == [("w1", "q1", "name")]
    here = scope_of(staff("here", "admin", unit))
    assert set(asked(here)) == {("a1", "a2", "joined"), ("w1", "q1", "name")}
    assert asked(scope_of(staff("nobody"))) == []
    keys = list(Suggestion.objects.values_list("pk", flat=True))
    assert len(pairs_of(system, keys)) == 3
    assert len(pairs_of(here, keys)) == 2
