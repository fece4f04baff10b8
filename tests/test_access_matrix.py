"""The access matrix: every page and operation × every role × inside, outside and at the top, the expected answer each.

What is expected follows from the permissions alone (`access_pages`, `access_operations`). A denial writes nothing into the database and tells nothing of
what lies in the unit.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from qunyu.api.urls import api
from qunyu.communities.models import Community
from qunyu.console import urls as console_urls
from qunyu.h5 import urls as phone_urls
from qunyu.kernel.scope import PERMISSIONS, Scope
from qunyu.people.actions import add_role, grant
from qunyu.people.models import Role, Staff, Unit
from qunyu.people.queries import root_unit
from qunyu.reports import making
from tests.access_doors import Door
from tests.access_operations import API
from tests.access_pages import CONSOLE, PHONE
from tests.access_world import World, listed_of, people_of, points_of, told_of, worked_by
from tests.deployment_fixtures import NOW, TEA_CHAT, TEA_NAME, AddStaff, ImportFile, SignedIn, sign_in

pytestmark = pytest.mark.django_db

BUILT_IN = ("director", "owner", "admin", "kol", "atmosphere", "analyst", "officer", "auditor")
PLACES = {"anonymous": ("",), "nobody": ("",), "director": ("top", "inside", "outside"), "officer": ("top", "inside")}
ALONE = tuple(PERMISSIONS)
# Who comes to one world, which takes longer to make than a few of them to go round.
PARTIES = (("anonymous", "nobody"), *((role,) for role in BUILT_IN), ALONE[::2], ALONE[1::2])
# What a permission opens is worked out before any database is asked: there, who may most and who may much elsewhere suffice.
AGAIN = (("director", "top"), ("owner", "outside"))
ORDERS = "order_id,customer_id,customer_name,ordered_at,amount\nSECRET-1,m1,Meilin,2026-03-02 10:00:00,12.35\n"
# What nobody outside may come to read.
MARKS = ("Tea lovers", "SECRET-1", "Meilin", "Zhen")
# What is only for who holds the permission.
PRIVATE = {"Meilin": "members.view", "SECRET-1": "orders.view"}
# These lead to the form for signing in by themselves.
SIGNING = ("sign_out", "language", "second_step")


@pytest.fixture
def world(unit: Unit, other_unit: Unit, system: Scope, staff: AddStaff, import_file: ImportFile) -> World:
    """What the doors lead to, all of it in `unit`: public ids by name."""
    import_file(TEA_NAME, TEA_CHAT.replace("Mei", "Meilin"), unit)
    import_file("orders.csv", ORDERS, unit, yields="orders")
    tea, zhen = Community.objects.get(), staff("zhen", "analyst", unit)
    return {
        **told_of(system, unit, tea),
        **worked_by(system, unit, tea, zhen),
        **people_of(system, unit),
        **points_of(system, unit, tea),
        **listed_of(system, unit),
    }


def write_files(folder: Path, world: World) -> None:
    """The report's files, which some who come may remove; making pictures has tests of its own."""
    for kind in ("html", "png"):
        path = making.path_of(folder, world["report"], kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"Tea lovers")


def held_by(role: str) -> frozenset[str]:
    """The permissions of a role; a permission's own name stands for the role that gives it alone."""
    if role in PERMISSIONS:
        return frozenset((role,))
    found = Role.objects.filter(code=role).first()
    return frozenset(found.held if found else ())


def passes(door: Door, role: str, place: str) -> bool:
    """What the matrix expects."""
    if door.where == "open":
        return True
    if role == "anonymous" or door.where == "signed":
        return role != "anonymous"
    if door.where == "nobody" or not held_by(role) >= set(door.needs):
        return False
    return {"anywhere": True, "there": place != "outside", "top": place == "top"}[door.where]


Come = Callable[[str, str], Client]


@pytest.fixture
def come(staff: AddStaff, signed_in: SignedIn, system: Scope, unit: Unit, other_unit: Unit) -> Come:
    """Lets somebody come: with a role at the top, at the unit, or at the one beside it."""

    def enter(role: str, place: str) -> Client:
        if role == "anonymous":
            return Client()
        who = staff("visitor")
        if role in PERMISSIONS:
            add_role(by=system, name_zh="单项", permissions=[role], code="single", now=NOW)
        if place:
            at = {"top": root_unit(), "inside": unit, "outside": other_unit}[place]
            grant(by=system, staff=who, role="single" if role in PERMISSIONS else role, unit=at, now=NOW)
        return signed_in(who)

    return enter


def places(role: str) -> tuple[str, ...]:
    """Where somebody with the role comes from; a single permission is tried inside, its reach is that of every other."""
    return PLACES.get(role, ("inside",) if role in PERMISSIONS else ("inside", "outside"))


def filled(value: Any, world: World) -> Any:
    """The value with the ids of the world in it."""
    if isinstance(value, str):
        return value.format(**world)
    if isinstance(value, dict):
        return {name: filled(each, world) for name, each in value.items()}
    return [filled(each, world) for each in value] if isinstance(value, list) else value


def leaked(text: str, role: str, place: str) -> list[str]:
    """What the answer tells that it should not."""
    if place == "outside" or role in ("anonymous", "nobody"):
        return [each for each in MARKS if each in text]
    held = held_by(role)
    return [each for each, needed in PRIVATE.items() if each in text and needed not in held]


def state() -> list[Any]:
    """Everything in the database but sessions."""
    kept = [model for model in apps.get_models() if model.__name__ != "Session"]
    return [sorted(map(repr, model._base_manager.values_list())) for model in kept]


class Undone:
    """Takes back whatever happened inside; `wrote` says whether anything tried to change the database."""

    wrote = False

    def __enter__(self) -> Undone:
        self._stack = ExitStack()
        self._stack.enter_context(transaction.atomic())
        self._stack.enter_context(connection.execute_wrapper(self._note))
        return self

    def _note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")) and "django_session" not in sql:
            self.wrote = True
        return execute(sql, params, many, context)

    def __exit__(self, *_: object) -> None:
        transaction.set_rollback(True)
        self._stack.close()


def content(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace") if isinstance(body, bytes) else str(body)


def knock(client: Client, door: Door, world: World) -> Any:
    """What a door of the console answers."""
    address = reverse(f"{door.space}:{door.name}", kwargs=filled(door.address, world)) + filled(door.query, world)
    ask = client.post if door.method == "post" else client.get
    return ask(address, {**(filled(door.data, world) if door.data else {}), **table_of(door, world)})


def table_of(door: Door, world: World) -> dict[str, Any]:
    """The table that is sent along, by its field; nothing where there is none."""
    field, text = door.file
    return {field: SimpleUploadedFile("table.csv", filled(text, world).encode(), "text/csv")} if field else {}


def call(client: Client, door: Door, world: World, paths: dict[str, str]) -> Any:
    """What an operation of the API answers."""
    address = "/api/v1" + paths[door.name].format(**filled(door.address, world)) + filled(door.query, world)
    data = filled(door.data, world)
    if table := table_of(door, world):
        return client.post(address, {**(data or {}), **table})
    sent = {"data": json.dumps(data), "content_type": "application/json"} if data is not None else {}
    return getattr(client, door.method)(address, **sent)


def judge(door: Door, response: Any, changed: bool, role: str, place: str) -> str:
    """What is wrong with the answer; empty when it is the expected one."""
    status, text = response.status_code, content(response)
    if passes(door, role, place):
        to_sign_in = status == 302 and response["Location"].startswith("/sign-in") and door.name not in SIGNING
        wrong = "should pass" if to_sign_in or (status >= 400 and status not in may_answer(door, place)) else ""
    elif role == "anonymous" and door.space == "console":
        turned_away = status == 401 or (status == 302 and response["Location"].startswith("/sign-in"))
        wrong = "" if turned_away else "should ask to sign in"
    else:
        wrong = "" if status in refusals(door, role, place) else "should be refused"
        wrong = wrong or ("changed something although refused" if changed else "")
    # What they sent themselves tells nobody anything.
    leaks = [each for each in leaked(text, role, place) if each not in door.file[1]] if door.where != "open" else []
    if leaks:
        wrong = wrong or f"tells of {leaks}"
    return f"{door.method} {door.name}: {wrong} (answered {status})" if wrong else ""


def refusals(door: Door, role: str, place: str) -> tuple[int, ...]:
    """What is answered to who may not: 403 alone to who lacks the permission, where who has it may be told that nothing is there."""
    if door.where == "nobody" or held_by(role) >= set(door.needs):
        return (403, 404, *door.unknown)
    return (403,) if 404 in may_answer(door, "inside") else (403, 404)


def may_answer(door: Door, place: str) -> tuple[int, ...]:
    """The answers above 400 to somebody who passes all the same."""
    if door.also:
        return door.also
    if "nothing" in door.address.values():  # names what is not there: who may ask is told so
        return (404,)
    return (404,) if door.where == "anywhere" and place == "outside" else ()  # no data at all where one may look


def tried(doors: tuple[Door, ...], role: str) -> list[Door]:
    """The doors that somebody tries: with one permission alone those it opens in part at least, as others go round all of them."""
    return [each for each in doors if role not in PERMISSIONS or role in each.needs]


def wrong_pages(visitor: Client, world: World, role: str, place: str) -> list[str]:
    """What is wrong with the answers of the console's pages."""
    before, wrong = state(), []
    for door in tried((*CONSOLE, *PHONE), role):
        with Undone() as undone:
            response = knock(visitor, door, world)
            wrong.append(judge(door, response, undone.wrote and state() != before, role, place))
        if door.name == "sign_out" and role != "anonymous":
            sign_in(visitor, Staff.objects.get(username="visitor"))
            before = state()
    return [each for each in wrong if each]


def wrong_operations(visitor: Client, world: World, role: str, place: str) -> list[str]:
    """What is wrong with the answers of the API's operations."""
    paths = {operation.operation_id: path for path, operation in operations()}
    before, wrong = state(), []
    for door in tried(API, role):
        with Undone() as undone:
            response = call(visitor, door, world, paths)
            wrong.append(judge(door, response, undone.wrote and state() != before, role, place))
    return [each for each in wrong if each]


@pytest.mark.parametrize("roles", PARTIES, ids=lambda roles: roles[0] if len(roles) == 1 else f"{roles[0]}-and-others")
def test_every_page_and_operation(
    roles: tuple[str, ...], come: Come, world: World, data_folder: Path, on_postgres: bool
) -> None:
    wrong = {}
    everybody = [(role, place) for role in roles for place in places(role)]
    for role, place in [each for each in everybody if each in AGAIN] if on_postgres else everybody:
        with Undone():
            visitor = come(role, place)
            for walk in (wrong_pages, wrong_operations):
                write_files(data_folder, world)
                wrong[role, place, walk.__name__] = walk(visitor, world, role, place)
    assert {who: found for who, found in wrong.items() if found} == {}


def operations() -> list[tuple[str, Any]]:
    """(path, operation) of everything the API has."""
    return [
        (path, operation)
        for _, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
    ]


def test_no_door_is_left_out() -> None:
    assert {each.name for each in CONSOLE} == {each.name for each in console_urls.urlpatterns}
    assert {each.name for each in PHONE} == {each.name for each in phone_urls.urlpatterns}
    assert {each.name for each in API} == {operation.operation_id for _, operation in operations()}
