"""Labels after imports, undos and moves: what the jobs keep is what everything would give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qunyu.communities.actions import move_to_unit
from qunyu.communities.models import Community
from qunyu.events.actions import begin_undo
from qunyu.events.models import Import
from qunyu.flows import tasks
from qunyu.flows.labelling import bars, label
from qunyu.flows.place import lake
from qunyu.insights.label import labels
from qunyu.insights.labelling import labelled
from qunyu.jobs.port import run_now
from qunyu.jobs.registry import find
from qunyu.kernel.scope import system_scope
from qunyu.members.labels import kept, last_run
from qunyu.members.models import Label, LabelRun, Member, PastLabel
from qunyu.people.actions import change_settings
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from tests.deployment_fixtures import NOW, TEA_CHAT, TEA_NAME
from tests.flows.conftest import Desk

Asked = list[tuple[str, dict[str, Any]]]
HEADER = "time,community,author_id,author_name,text\n"
ORDERS = "order_id,customer,ordered_at,amount,status,phone\n"
MEMBERS = "community,member_id,name,joined_at,role,phone,platform\n"


def chat(*lines: str) -> dict[str, str | bytes]:
    """Lines "day author text" of the community 茶, at noon of that day of March."""
    rows = [line.split(" ", 2) for line in lines]
    return {"chat.csv": HEADER + "".join(f"2026-03-{day} 12:00,茶,id-{who},{who},{text}\n" for day, who, text in rows)}


def values(key: str = "tier") -> dict[str, str]:
    """Name -> value."""
    return dict(Label.objects.filter(key=key).values_list("member__name", "value"))


def rows() -> list[dict[str, Any]]:
    return sorted(kept(None).to_pylist(), key=lambda row: (row["label"], row["member"]))


def everybody() -> list[dict[str, Any]]:
    """What labelling everybody would keep."""
    found: list[dict[str, Any]] = labelled(lake(), system_scope("tests"), bars()).rows.to_pylist()
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The labelling that jobs asked for, instead of a queue."""
    found: Asked = []

    def ask(name: str, *, key: str, **arguments: object) -> None:
        if name == "flows.label":
            found.append((name, arguments))

    monkeypatch.setattr(tasks, "enqueue", ask)
    return found


Bring = Callable[..., Import]


@pytest.fixture
def bring(desk: Desk) -> Bring:
    """An import done and labelled like a worker does it."""

    def run(files: dict[str, str | bytes], yields: str = "", unit: Unit | None = None) -> Import:
        owner = desk.bring(files, yields, unit)
        label(now=NOW, imports=[owner.pk])
        return owner

    return run


# --- jobs


def test_an_import_asks_for_its_labels(desk: Desk, asked: Asked) -> None:
    first = desk.ask(chat("01 Ann 早", "01 Bob 早上好"))
    tasks.do_import(import_id=first.pk)
    assert asked == [("flows.label", {"import_id": first.pk})]
    assert values() == {}
    name, arguments = asked.pop()
    assert run_now(name, **arguments) == 2
    assert values() == {"Ann": "ordinary", "Bob": "ordinary"}
    assert values().keys() == values("user_type").keys()
    run = last_run()
    assert run
    assert (run.as_of.isoformat(), run.people, run.changed) == ("2026-03-01", None, 2)

    second = desk.ask(chat("01 Cid 我也来"))
    tasks.do_import(import_id=second.pk)
    name, arguments = asked.pop()
    assert run_now(name, **arguments) == 1
    run = last_run()
    assert run
    # Those who spoke on that day, whose words may have become repeats or answers.
    assert (run.people, run.changed) == (3, 1)
    assert rows() == everybody()


def test_an_undo_asks_for_everybodys_labels(desk: Desk, asked: Asked, bring: Bring) -> None:
    bring(chat("01 Ann 早", "10 Ann 晚上好"))
    owner = bring(chat("02 Bob 早上好", "15 Ann 又来了"))
    assert values().keys() == {"Ann", "Bob"}
    begin_undo(by=desk.scope, owner=owner, now=NOW)
    tasks.do_undo(import_id=owner.pk)
    assert asked == [("flows.label", {})]
    name, arguments = asked.pop()
    run_now(name, **arguments)
    assert values().keys() == {"Ann"}
    assert rows() == everybody()


def test_an_import_that_failed_labels_nobody(desk: Desk, asked: Asked, bring: Bring) -> None:
    bring(chat("01 Ann 早"))
    before = rows()
    owner = desk.ask({"nothing.txt": "nothing we know"})
    tasks.do_import(import_id=owner.pk)
    ((name, arguments),) = asked
    assert run_now(name, **arguments) == 0
    assert rows() == before


def test_every_night_everybody_is_labelled(desk: Desk) -> None:
    desk.bring(chat("01 Ann 早", "02 Bob 早"))
    assert find("flows.label").cron
    assert run_now("flows.label") == 2
    assert rows() == everybody()
    before = list(Label.objects.order_by("id").values())
    assert run_now("flows.label") == 0
    assert list(Label.objects.order_by("id").values()) == before
    assert not PastLabel.objects.exists()


# --- import by import


def test_import_by_import_gives_what_labelling_everybody_would(desk: Desk, bring: Bring) -> None:
    """Late words, an earlier beginning, first and later orders, people who turn out to be one, and staff."""
    parts: list[tuple[dict[str, str | bytes], str]] = [
        (chat("10 Ann 怎么泡白茶？", "10 Bob 请先把水烧到八十度再冲泡", "11 Cid 早"), "chat"),
        ({"m.csv": f"{MEMBERS}茶,id-Bob,Bob,2026-02-01 09:00,member,13800000001,plain\n"}, "members"),
        (chat("10 Dan 请先把水烧到八十度再冲泡", "12 Ann 谢谢", "13 Ann 好茶"), "chat"),
        (chat("01 Cid 开群了", "02 Bob 来了"), "chat"),
        ({"o.csv": f"{ORDERS}A1,x,2026-03-05 10:00,30,paid,13800000001\n"}, "orders"),
        (
            {"o.csv": f"{ORDERS}A2,y,2026-03-06 10:00,90,paid,13800000002\nA1,x,2026-03-05 10:00,30,refunded,\n"},
            "orders",
        ),
        ({"m.csv": f"{MEMBERS}茶,id-Cid,Cid,2026-03-01 09:00,member,13800000002,plain\n"}, "members"),
        ({"m.csv": f"{MEMBERS}茶,id-Ann,Ann,2026-03-01 09:00,staff,,plain\n"}, "members"),
        (chat("18 Bob 还在"), "chat"),
    ]
    imports = []
    for files, yields in parts:
        imports.append(bring(files, yields))
        assert rows() == everybody(), files
    assert values() == {"Bob": "ordinary", "Cid": "ordinary", "Dan": "ordinary"}
    assert values("stage")["Cid"] == "revenue"
    assert values("user_type")["Bob"] == "low_demand"
    for owner in (imports[4], imports[3], imports[1]):
        desk.undo(owner)
        label(now=NOW)
        assert rows() == everybody(), owner.title
        assert Member.objects.filter(labels=None, role="member", identities__isnull=False).count() == 0


def test_two_imports_before_either_is_labelled(desk: Desk, bring: Bring) -> None:
    bring(chat("01 Ann 早"))
    owners = [
        desk.bring(chat("02 Bob 早")),
        desk.bring({"o.csv": f"{ORDERS}A1,x,2026-03-05 10:00,30,paid,\n"}, "orders"),
        desk.bring({"p.csv": f"{ORDERS}A2,y,2026-03-06 10:00,30,paid,\n"}, "orders"),
    ]
    for owner in owners:
        label(now=NOW, imports=[owner.pk])
    assert rows() == everybody()
    assert not Label.objects.filter(key="user_type", rule=0).exists()


def test_silence_is_told_by_another_day_of_data(bring: Bring) -> None:
    talk = "".join(f"2025-08-{1 + number % 28:02} 12:00,茶,id-Ann,Ann,第 {number} 句\n" for number in range(60))
    bring({"talk.csv": HEADER + talk})
    assert values() == {"Ann": "active"}
    bring({"far.csv": f"{HEADER}2026-03-10 12:00,酒,id-Bob,Bob,早\n"})
    assert values() == {"Ann": "ordinary", "Bob": "ordinary"}
    assert rows() == everybody()
    (past,) = PastLabel.objects.filter(key="tier")
    assert (past.value, past.since.isoformat(), past.until.isoformat()) == ("active", "2025-08-28", "2026-03-10")


# --- what is no import


def test_a_community_moved_to_another_unit_reaches_the_labels_at_night(
    desk: Desk, bring: Bring, unit: Unit, other_unit: Unit
) -> None:
    bring({TEA_NAME: TEA_CHAT}, unit=unit)
    change_settings(by=desk.scope, unit=other_unit, changes={"active_messages": 1}, now=NOW)
    assert set(Label.objects.values_list("unit_id", flat=True)) == {unit.pk}
    move_to_unit(by=desk.scope, community=Community.objects.get(), unit_id=other_unit.pk, now=NOW)
    before = values()
    assert set(before.values()) == {"ordinary"}
    run_now("flows.label")
    assert set(Label.objects.values_list("unit_id", flat=True)) == {other_unit.pk}
    assert {name for name, value in values().items() if value == "active"} == {"Lin", "Mei", "Tom", "小茶"}


def test_whoever_is_found_to_be_of_the_staff_loses_the_labels(bring: Bring) -> None:
    bring(chat("01 Ann 早", "01 Bob 早上好"))
    bring({"m.csv": f"{MEMBERS}茶,id-Ann,Ann,2026-03-01 09:00,staff,,plain\n"}, "members")
    assert values().keys() == {"Bob"}


# --- small and empty deployments


def test_a_deployment_of_nobody(db: None) -> None:
    assert label(now=NOW) == 0
    assert label(now=NOW, imports=[7]) == 0
    assert not LabelRun.objects.exists()


def test_a_community_of_nobody(bring: Bring) -> None:
    """Only notices: nobody was seen."""
    bring({TEA_NAME: "".join(TEA_CHAT.splitlines(keepends=True)[:2])})
    assert Community.objects.get()
    assert not Label.objects.exists()


def test_a_community_of_one_with_one_day(bring: Bring) -> None:
    bring(chat("01 Ann 早"))
    assert {key: values(key) for key in labels()} == {
        "tier": {"Ann": "ordinary"},
        "stage": {"Ann": "activation"},
        "user_type": {"Ann": "unknown"},
        "orbit_level": {"Ann": "exploring"},
        "trust_level": {"Ann": "basic"},
    }


def test_the_last_undo_takes_every_label(desk: Desk, bring: Bring) -> None:
    owner = bring(chat("01 Ann 早"))
    desk.undo(owner)
    label(now=NOW)
    assert not Label.objects.exists()
    assert not PastLabel.objects.exists()
    bring(chat("02 Bob 早"))
    assert values() == {"Bob": "ordinary"}


def test_what_nobody_set_is_as_usual_and_unknown_settings_are_left_out(
    desk: Desk, unit: Unit, other_unit: Unit
) -> None:
    change_settings(by=desk.scope, unit=unit, changes={"active_messages": 3, "of another part": 9}, now=NOW)
    found = {each.unit: each.thresholds for each in bars()}
    assert found[unit.pk]["active_messages"] == 3
    assert found[other_unit.pk]["active_messages"] == found[root_unit().pk]["active_messages"] == 12
    assert "of another part" not in found[unit.pk]
