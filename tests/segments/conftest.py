"""A small world of which everything is known: two communities in two units, orders, tags, profiles, labels, contacts, a household."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import override_settings

from qunyu.communities.models import Community
from qunyu.flows import importing
from qunyu.flows.actions import ask_import
from qunyu.flows.place import place
from qunyu.flows.request import ImportRequest, Part
from qunyu.kernel.scope import Scope, system_scope
from qunyu.loyalty.levels import Rung, save_level
from qunyu.loyalty.models import Standing
from qunyu.loyalty.posting import Act, earn
from qunyu.loyalty.programmes import save_programme
from qunyu.members import merging
from qunyu.members.contacts import note_contact
from qunyu.members.fields import add_field
from qunyu.members.links import add_link
from qunyu.members.merging import decide
from qunyu.members.models import Identity, Label, Member, Tag, Tagging, TagGroup
from qunyu.members.profile import change
from qunyu.people.actions import add_unit
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from qunyu.privacy.models import Consent
from qunyu.satisfaction.models import Opinion
from qunyu.segments.conditions import Speaker
from qunyu.segments.queries import members_in
from tests.deployment_fixtures import NOW, TEA_CHAT, TEA_NAME

RUNNERS_CHAT = """\
02/03/2026, 10:00 - Ann created group "Runners"
02/03/2026, 10:01 - Ann: Who runs today?
02/03/2026, 10:02 - Bob: Not me
15/03/2026, 10:02 - Bob: 明天跑
"""
# Mei buys twice, once of it in dollars; Tom pays nothing; Zoe is in no community.
ORDERS = """\
order_id,customer_id,customer_name,ordered_at,amount,status,currency
A-1,m1,Mei shop,2026-02-02 10:00:00,12.35,paid,CNY
A-2,m1,Mei shop,2026-03-13 23:30:00,30.00,paid,CNY
A-3,z1,Zoe,2026-03-14 00:30:00,8.00,paid,USD
A-4,t1,Tom shop,2026-03-15 09:00:00,99.00,unpaid,CNY
"""
Names = Callable[..., set[str]]


def identity(name: str) -> Identity:
    return Identity.objects.get(name=name)


def person(name: str) -> Member:
    return identity(name).member


def brought(system: Scope, folder: Path, name: str, text: str, unit: Unit, yields: str = "") -> None:
    """Imports one file's text for real."""
    (folder / name).write_text(text, encoding="utf-8")
    request = ImportRequest(parts=(Part((str(folder / name),), yields),))
    owner = ask_import(by=system, unit_id=unit.pk, title=name, request=request, now=NOW)
    importing.run(owner.pk, place=place(), now=NOW)


def tell(system: Scope, unit: Unit) -> None:
    """Everything that is known of the people besides the imports."""
    Community.objects.filter(name="Tea lovers").update(type="welfare", theme="茶")
    decide(by=system, pairs=[(identity("Mei").pk, identity("Mei shop").pk)], verdict="same", now=NOW)
    add_field(by=system, unit=unit, key="shoe", kind="number", name_zh="鞋码", name_en="shoe size", now=NOW)
    add_field(by=system, unit=unit, key="likes", kind="choices", name_zh="爱喝", options=["绿茶", "白茶"], now=NOW)
    mei = {
        "region": "上海",
        "shoe": "38",
        "phone": "13800000000",
        "likes": "绿茶、白茶",
        "customer_since": "2026-02-20",
    }
    told = [("Mei", mei), ("Mei", {"email": "a@b.cn"}), ("Mei", {"email": ""}), ("Lin", {"region": "北京"}), ("Lin", {"region": ""}),
            ("Tom", {"region": "上海浦东", "shoe": "43.5", "likes": "白茶"})]  # fmt: skip
    for name, changes in told:
        change(by=system, member=person(name), changes=changes, now=NOW, today=NOW.date())
    vip = Tag.objects.create(group=TagGroup.objects.create(unit=unit, name="客户"), name="VIP", folded="vip")
    who = {"by": "system:0", "by_name": "system", "at": NOW, "source": "hand"}
    Tagging.objects.create(act="a", tag=vip, member=identity("Mei shop").own_member, **who)
    Tagging.objects.create(act="b", tag=vip, member=person("Tom"), withdrawn_at=NOW, **who)
    for name, value, since in (("Mei", "active", 1), ("Tom", "ordinary", 10), ("Ann", "active", 18)):
        told_of = {"key": "tier", "value": value, "rule": 0, "figures": "{}", "since": date(2026, 3, since)}
        Label.objects.create(member=person(name), unit_id=unit.pk, **told_of)
    contact = {"at": NOW, "channel": "direct", "direction": "out", "summary": "问候"}
    note_contact(by=system, member=person("Tom"), now=NOW, **contact)
    add_link(by=system, pair=(person("Tom"), person("Lin")), kind="parent", now=NOW)
    tell_points(system)
    tell_opinions(unit)


def tell_points(system: Scope) -> None:
    """Points that last a year and levels: Mei has some as both that she is, of Tom's most are gone and nothing is booked yet."""
    told = {
        "name": "茶友会",
        "currency": "茶豆",
        "expiry": "months",
        "expiry_months": 12,
        "starts_on": date(2025, 1, 1),
    }
    programme = save_programme(by=system, unit=root_unit(), now=NOW, told=told)
    gifts = (("Mei", 3, 0), ("Mei shop", 4, 0), ("Tom", 9, 400), ("Tom", 2, 10), ("Ann", 5, 400))
    for number, (name, points, ago) in enumerate(gifts):
        act = Act(system.actor, NOW - timedelta(days=ago), "give", f"test-{number}", reason="试")
        earn(programme, identity(name).own_member_id, points, act)
    silver, gold = (
        save_level(by=system, programme=programme, level=None, rung=Rung(name), now=NOW) for name in ("银", "金")
    )
    for name, level in (("Mei", gold), ("Lin", silver)):
        Standing.objects.create(programme=programme, member=person(name), level=level, since=NOW.date(), why="bar")


def tell_opinions(unit: Unit) -> None:
    """What people said of us, the score their user type weighs, and what they agreed to."""
    who = {"by": "system:0", "by_name": "system", "written_at": NOW, "act": "a"}
    for name, score, withdrawn in (("Mei", 100, None), ("Mei shop", 51, None), ("Tom", 0, None), ("Lin", 80, NOW)):
        own = identity(name).own_member
        Opinion.objects.create(member=own, kind="rating", score=score, at=NOW, withdrawn_at=withdrawn, **who)
    for name, value, weighed in (("Mei", "loyal", 75.5), ("Tom", "low_demand", 40), ("Ann", "unknown", 50)):
        figures = json.dumps({"satisfaction": weighed})
        told_of = {"key": "user_type", "value": value, "rule": 0, "figures": figures, "since": date(2026, 3, 1)}
        Label.objects.create(member=person(name), unit_id=unit.pk, **told_of)
    said = (("Mei", "granted", 3), ("Mei shop", "withdrawn", 2), ("Tom", "withdrawn", 3), ("Tom", "granted", 2),
            ("Ann", "refused", 1), ("Ann", "withdrawn", 1), ("Lin", "granted", 1), ("Lin", "refused", 1))  # fmt: skip
    for name, state, ago in said:
        told = {"purpose": "marketing", "state": state, "source": "chat", "by_name": "system", "written_at": NOW}
        Consent.objects.create(member=identity(name).own_member, at=NOW - timedelta(days=ago), **told)


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a world that a module's tests share; each test's own changes are taken back after it, this after them all.

    华东店: the tea lovers (Lin, Mei, 小茶, and Tom who left) and the shop (Mei again, Zoe, another Tom); 华南店: the runners (Ann, Bob).
    """
    folder = tmp_path_factory.mktemp("world")
    known = {"QUNYU_DATA": folder, "QUNYU_ZONE": ZoneInfo("Asia/Shanghai"), "SECRET_KEY": "not secret: for tests only"}
    with (
        django_db_blocker.unblock(),
        override_settings(**known),
        patch.object(merging, "enqueue"),
        transaction.atomic(),
    ):
        system = system_scope("tests")
        east, south = (add_unit(by=system, parent=root_unit(), name=name, now=NOW) for name in ("华东店", "华南店"))
        brought(system, folder, TEA_NAME, TEA_CHAT, east)
        brought(system, folder, "WhatsApp Chat with Runners.txt", RUNNERS_CHAT, south)
        brought(system, folder, "orders.csv", ORDERS, east, "orders")
        tell(system, east)
        yield folder
        transaction.set_rollback(True)


@pytest.fixture
def world(built: Path, db: None, data_folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Unit:
    """The unit 华东店."""
    settings.QUNYU_DATA = built
    monkeypatch.setattr(merging, "enqueue", lambda *_, **__: "")
    return Unit.objects.get(name="华东店")


@pytest.fixture
def south(world: Unit) -> Unit:
    """The unit 华南店."""
    return Unit.objects.get(name="华南店")


@pytest.fixture
def who(system: Scope) -> Names:
    """The names of whom a text is true of, as somebody sees it now."""

    def names(text: str, scope: Scope | None = None) -> set[str]:
        asker = scope or system
        ids = members_in(asker, Speaker(asker).from_text(text), NOW)
        assert list(ids) == sorted(set(ids.tolist()))
        return {each.name for each in Member.objects.filter(pk__in=ids.tolist())}

    return names
