"""People and imported communities for tests of the outer layers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
from django.test import Client
from django.utils import timezone

from qunyu.communities.models import Community
from qunyu.console.entering import KEPT
from qunyu.events.models import Import
from qunyu.flows import importing
from qunyu.flows.actions import ask_import
from qunyu.flows.place import place
from qunyu.flows.request import ImportRequest, Part
from qunyu.kernel.scope import Scope, system_scope
from qunyu.people.actions import add_staff, add_unit, grant
from qunyu.people.models import Staff, Unit
from qunyu.people.queries import root_unit
from qunyu.people.sessions import begin_session

NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
PASSWORD = "a long enough phrase 7"

# Invented. Four people over four days of March 2026 (Shanghai): 8 messages, Tom leaves on the 14th.
TEA_NAME = "WhatsApp Chat with Tea lovers.txt"
TEA_CHAT = """\
01/03/2026, 09:30 - Messages and calls are end-to-end encrypted.
01/03/2026, 09:30 - Lin created group "Tea lovers"
01/03/2026, 09:31 - Lin added Mei and Tom
01/03/2026, 09:32 - Mei: Good morning! Which tea do you like?
01/03/2026, 09:40 - Tom: Green tea in the morning
02/03/2026, 20:15 - Lin: The new white tea has arrived
02/03/2026, 20:16 - Mei: =SUM(1;1) is what my sheet says
13/03/2026, 21:05 - Tom: <Media omitted>
13/03/2026, 21:06 - 小茶: 明天有人一起喝茶吗？
14/03/2026, 08:00 - Mei: 我来
14/03/2026, 08:05 - 小茶: 好的，老地方见
14/03/2026, 09:00 - Tom left
"""


class AddStaff(Protocol):
    """Makes somebody who signs in, with `role` (a code of the built-in ones, "" = none) at `unit` (default: the root)."""

    def __call__(self, username: str, role: str = "", unit: Unit | None = None) -> Staff: ...


class ImportFile(Protocol):
    """Imports one file's text for real (staging, lake, database) into `unit` (default: the root); the finished import."""

    def __call__(self, name: str, text: str, unit: Unit | None = None, yields: str = "") -> Import: ...


SignedIn = Callable[[Staff], Client]


@pytest.fixture
def system(db: None) -> Scope:
    """Sees and may do everything."""
    return system_scope("tests")


@pytest.fixture
def unit(system: Scope) -> Unit:
    """The unit 华东店 below the root."""
    return add_unit(by=system, parent=root_unit(), name="华东店", now=NOW)


@pytest.fixture
def other_unit(system: Scope) -> Unit:
    """The unit 华南店 below the root: what is in it is foreign to staff of `unit`."""
    return add_unit(by=system, parent=root_unit(), name="华南店", now=NOW)


@pytest.fixture
def staff(system: Scope) -> AddStaff:
    """Makes staff; their password is PASSWORD."""

    def add(username: str, role: str = "", unit: Unit | None = None) -> Staff:
        made = add_staff(by=system, username=username, name=username.title(), password=PASSWORD, now=NOW)
        if role:
            grant(by=system, staff=made, role=role, unit=unit or root_unit(), now=NOW)
        return made

    return add


@pytest.fixture
def director(staff: AddStaff) -> Staff:
    """May do everything everywhere."""
    return staff("director", "director")


def sign_in(client: Client, who: Staff) -> None:
    """Signs `who` in without asking for a password, as of now."""
    client.force_login(who)
    session = client.session
    session[KEPT] = begin_session(staff=who, via="password", strong=False, now=timezone.now()).pk
    session.save()


@pytest.fixture
def signed_in() -> SignedIn:
    """A test client in which somebody is signed in."""

    def enter(who: Staff) -> Client:
        client = Client()
        sign_in(client, who)
        return client

    return enter


@pytest.fixture
def boss(director: Staff, signed_in: SignedIn) -> Client:
    """A test client in which the director is signed in."""
    return signed_in(director)


@pytest.fixture
def import_file(system: Scope, tmp_path: Path) -> ImportFile:
    """Imports files; the job itself is run at once and in this process."""

    def run(name: str, text: str, unit: Unit | None = None, yields: str = "") -> Import:
        folder = tmp_path / "given"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        request = ImportRequest(parts=(Part((str(folder / name),), yields),))
        owner = ask_import(by=system, unit_id=(unit or root_unit()).pk, title=name, request=request, now=NOW)
        importing.run(owner.pk, place=place(), now=NOW)
        owner.refresh_from_db()
        return owner

    return run


@pytest.fixture
def tea(import_file: ImportFile, unit: Unit) -> Community:
    """The community "Tea lovers" in `unit`, imported from TEA_CHAT: 4 people, 8 messages."""
    import_file(TEA_NAME, TEA_CHAT, unit)
    return Community.objects.get(name="Tea lovers")
