"""The tree of units and the roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.schemas.organisation import Levels, RoleIn, RoleOut, UnitChanges, UnitIn, role_out
from qunyu.api.schemas.people import UnitOut
from qunyu.kernel.scope import PERMISSIONS, Scope
from qunyu.people import actions
from qunyu.people.queries import holders, level_names, role_called, unit_in, units_seen
from qunyu.people.queries import roles as every_role

if TYPE_CHECKING:
    from qunyu.people.models import Unit

router = Router(tags=["people"])


@router.get("/units", response=list[UnitOut], operation_id="units", summary="The organisation tree")
def units(request: HttpRequest) -> list[UnitOut]:
    """The units where the caller may do anything, parents before children."""
    scope = scope_of_request(request)
    seen, called = units_seen(scope), level_names()
    shown = {unit.pk for unit in seen}
    return [_unit_out(scope, each, each.parent if each.parent_id in shown else None, called) for each in seen]


def _unit_out(scope: Scope, unit: Unit, parent: Unit | None, called: Mapping[int, str]) -> UnitOut:
    return UnitOut(
        id=unit.public_id,
        name=unit.name,
        parent=parent.public_id if parent else None,
        level=called.get(unit.depth, ""),
        permissions=[code for code in PERMISSIONS if scope.may(code, unit.pk)],
    )


@router.post("/units", response={201: UnitOut}, operation_id="add_unit", summary="Add a unit")
def add_unit(request: HttpRequest, wanted: UnitIn) -> Status[UnitOut]:
    """Adds a unit below another; one of that name that is there already is answered as it is."""
    scope = scope_of_request(request)
    parent = unit_in(scope, "staff.manage", wanted.parent)
    made = actions.add_unit(by=scope, parent=parent, name=wanted.name, now=timezone.now())
    return Status(201, _unit_out(scope.reaching(made.pk, parent.pk), made, parent, level_names()))


@router.patch("/units/{id}", response=UnitOut, operation_id="change_unit", summary="Rename or move a unit")
def change_unit(request: HttpRequest, id: str, changes: UnitChanges) -> UnitOut:
    """Calls a unit something else, or puts it with everything below it under another unit; both or neither."""
    scope, now = scope_of_request(request), timezone.now()
    unit = unit_in(scope, "staff.manage", id)
    with transaction.atomic():
        if changes.parent is not None:
            actions.move_unit(by=scope, unit=unit, parent=unit_in(scope, "staff.manage", changes.parent), now=now)
        if changes.name is not None:
            actions.rename_unit(by=scope, unit=unit, name=changes.name, now=now)
    return _unit_out(scope, unit, unit.parent, level_names())


@router.delete("/units/{id}", response={204: None}, operation_id="remove_unit", summary="Remove a unit")
def remove_unit(request: HttpRequest, id: str) -> Status[None]:
    """Removes a unit in which nothing lies any more."""
    scope = scope_of_request(request)
    actions.remove_unit(by=scope, unit=unit_in(scope, "staff.manage", id), now=timezone.now())
    return Status(204, None)


@router.get("/levels", response=Levels, operation_id="levels", summary="What the levels of the tree are called")
def levels(request: HttpRequest) -> Levels:
    """The names from the top down to the last one given."""
    scope_of_request(request).require("staff.manage")
    named = level_names()
    return Levels(names=[named.get(depth, "") for depth in range(max(named, default=-1) + 1)])


@router.put("/levels", response=Levels, operation_id="name_levels", summary="Name the levels of the tree")
def name_levels(request: HttpRequest, wanted: Levels) -> Levels:
    """Replaces all names."""
    actions.name_levels(by=scope_of_request(request), names=wanted.names, now=timezone.now())
    return levels(request)


@router.get("/roles", response=list[RoleOut], operation_id="roles", summary="The roles")
def roles(request: HttpRequest) -> list[RoleOut]:
    """Every role, the widest first."""
    scope_of_request(request).require("staff.manage")
    counts = holders()
    return [role_out(each, counts.get(each.code, 0)) for each in every_role()]


@router.post("/roles", response={201: RoleOut}, operation_id="add_role", summary="Add a role")
def add_role(request: HttpRequest, wanted: RoleIn) -> Status[RoleOut]:
    """Adds a role of one's own; only who manages the whole organisation may, and only with what they hold there."""
    made = actions.add_role(by=scope_of_request(request), now=timezone.now(), **wanted.model_dump())
    return Status(201, role_out(made, 0))


@router.put("/roles/{code}", response=RoleOut, operation_id="change_role", summary="Change a role")
def change_role(request: HttpRequest, code: str, wanted: RoleIn) -> RoleOut:
    """Names and fills a role of one's own anew, for everybody who holds it."""
    scope = scope_of_request(request)
    scope.require("staff.manage")
    role = role_called(code)
    values = wanted.model_dump(exclude={"code"})
    actions.change_role(by=scope, role=role, now=timezone.now(), **values)
    return role_out(role, holders().get(role.code, 0))


@router.delete("/roles/{code}", response={204: None}, operation_id="remove_role", summary="Remove a role")
def remove_role(request: HttpRequest, code: str) -> Status[None]:
    """Removes a role of one's own that nobody holds."""
    scope = scope_of_request(request)
    scope.require("staff.manage")
    actions.remove_role(by=scope, role=role_called(code), now=timezone.now())
    return Status(204, None)
