"""Roster: the organisation as a table, one line for each account and role at a unit, read from a file and written into one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from qunyu.events.own_tables import OwnColumn, read_own
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.actions import add_staff, add_unit, grant, invite
from qunyu.people.models import Grant, Staff, Unit
from qunyu.people.queries import managed_grants, root_unit, staff_under, unit_names, units_in

MOST = 2_000
COLUMNS = (
    OwnColumn("unit", Words("组织单位", "Unit"), required=True),
    OwnColumn("username", Words("用户名", "User name")),
    OwnColumn("name", Words("姓名", "Name")),
    OwnColumn("role", Words("角色", "Role")),
)
NO_ROLE = Words("填写了用户名的行须有角色", "a line with a user name needs a role")
NO_USERNAME = Words("填写了姓名或角色的行须有用户名", "a line with a name or a role needs a user name")
OTHER_NAME = Words(
    "账号“{username}”的姓名是“{name}”；请改正或留空",
    "the account “{username}” is called “{name}”; correct it or leave it empty",
)


@dataclass(frozen=True)
class Line:
    """One line: `unit` is a path of names below the top ("" is the top itself)."""

    number: int
    unit: str
    username: str = ""
    name: str = ""
    role: str = ""


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a line."""

    line: int
    message: Words


@dataclass(frozen=True)
class Outcome:
    """What a roster makes: units, accounts (in the order of the lines, each with its invitation) and grants.

    Where there are `wrong` lines nothing at all is made.
    """

    units: int
    accounts: tuple[tuple[Staff, str], ...]
    grants: int
    wrong: tuple[Wrong, ...]


def read_roster(name: str, data: bytes) -> list[Line]:
    """The lines of a file.

    Raises DomainError bad_table.
    """
    return [Line(number, **cells) for number, cells in read_own(name, data, COLUMNS, MOST)]


def try_roster(*, by: Scope, lines: Sequence[Line], now: datetime) -> Outcome:
    """What `take_roster` would do, without doing it."""
    with transaction.atomic():
        outcome = _take(by, lines, now)
        transaction.set_rollback(True)
    return outcome


@transaction.atomic
def take_roster(*, by: Scope, lines: Sequence[Line], now: datetime) -> Outcome:
    """Makes the units, accounts and grants of the lines that are not there yet; again changes nothing.

    New accounts have no password: their invitation lets the owner choose one. Nothing at all is made where any line is wrong.
    """
    outcome = _take(by, lines, now)
    if outcome.wrong:
        transaction.set_rollback(True)
    return outcome


def _take(by: Scope, lines: Sequence[Line], now: datetime) -> Outcome:
    before = Unit.objects.count(), Grant.objects.count()
    made: list[Staff] = []
    wrong: list[Wrong] = []
    for line in lines:
        try:
            with transaction.atomic():
                unit, by = _unit(by, line.unit, now)
                made += _take_line(by, line, unit, now)
        except DomainError as error:
            wrong.append(Wrong(line.number, error.message))
    invited = tuple((each, invite(by=by, staff=each, now=now)) for each in made)
    return Outcome(Unit.objects.count() - before[0], invited, Grant.objects.count() - before[1], tuple(wrong))


def _take_line(by: Scope, line: Line, unit: Unit, now: datetime) -> list[Staff]:
    """The account that had to be made, if any."""
    if not line.username:
        if line.name or line.role:
            raise DomainError("bad_line", NO_USERNAME)
        return []
    if not line.role:
        raise DomainError("bad_line", NO_ROLE)
    staff = Staff.objects.filter(username=line.username).first()
    if staff is not None and line.name not in ("", staff.name):
        raise DomainError("bad_line", OTHER_NAME.fill(username=staff.username, name=staff.name))
    made = [] if staff else [add_staff(by=by, username=line.username, name=line.name, password=None, now=now)]
    grant(by=by, staff=staff or made[0], role=line.role, unit=unit, now=now)
    return made


def _unit(by: Scope, path: str, now: datetime) -> tuple[Unit, Scope]:
    """The unit at `path`, made as far as it is not there, and the scope that reaches what was made."""
    unit = root_unit()
    for name in filter(None, (each.strip() for each in path.split("/"))):
        parent = unit
        unit = parent.children.filter(name=name).first() or add_unit(by=by, parent=parent, name=name, now=now)
        by = by.reaching(unit.pk, parent.pk)
    by.require("staff.manage", unit.pk)
    return unit, by


def roster_of(scope: Scope) -> Iterator[Line]:
    """The lines that `scope` manages: each unit without roles, and each grant; what `read_roster` reads.

    Raises Denied.
    """
    people = [grant for staff in staff_under(scope) for grant in managed_grants(staff)]
    names = unit_names()
    number = 0
    for unit in units_in(scope, "staff.manage"):
        path = "/".join(names[int(each)] for each in unit.path.strip("/").split("/")[1:])
        here = sorted((each for each in people if each.unit_id == unit.pk), key=lambda each: each.staff.username)
        for each in here:
            number += 1
            yield Line(number, path, each.staff.username, each.staff.name, each.role.code)
        if not here and path:
            number += 1
            yield Line(number, path)
