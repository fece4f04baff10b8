"""Reads of staff and the tree, and the scope that a staff person acts under."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from qunyu.kernel.actor import Actor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.once import once
from qunyu.kernel.queries import entries
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.models import DEEPEST, ApiToken, Grant, Level, Role, Staff, Unit, UnitSetting
from qunyu.people.rules import Held, allowed_units, inherited

if TYPE_CHECKING:
    from qunyu.kernel.models import AuditEntry


def root_unit() -> Unit:
    """The top of the tree, made at the first migration.

    Raises Unit.DoesNotExist on a database that was never migrated.
    """
    return Unit.objects.get(parent=None)


def unit_by_key(key: int) -> Unit:
    """The unit with that primary key.

    Raises Unit.DoesNotExist.
    """
    return Unit.objects.get(pk=key)


def find_unit(path: str) -> Unit:
    """The unit at `path`, names from below the root joined by "/": 华东大区/上海静安店; empty for the root.

    Raises DomainError unknown_unit naming the part that is not there.
    """
    unit = root_unit()
    for name in filter(None, path.split("/")):
        below = unit.children.filter(name=name).first()
        if below is None:
            message = Words("“{unit}”下没有名为“{name}”的组织单位", "there is no unit “{name}” below “{unit}”")
            raise DomainError("unknown_unit", message.fill(unit=unit.name, name=name), name=name)
        unit = below
    return unit


def units_below(unit: Unit) -> frozenset[int]:
    """The primary keys of `unit` and of every unit below it."""
    return frozenset(Unit.objects.filter(path__startswith=unit.path).values_list("id", flat=True))


@once
def unit_paths() -> dict[int, str]:
    """The path of every unit by primary key."""
    return dict(Unit.objects.values_list("id", "path"))


def unit_names() -> dict[int, str]:
    """What every unit is called, by primary key."""
    return dict(Unit.objects.values_list("id", "name"))


def own_settings() -> dict[int, dict[str, float]]:
    """What each unit has set for itself; units without a setting are missing."""
    found: dict[int, dict[str, float]] = {}
    for unit, key, value in UnitSetting.objects.values_list("unit", "key", "value"):
        found.setdefault(unit, {})[key] = value
    return found


def settings_in_force(own: Mapping[int, Mapping[str, float]] | None = None) -> dict[int, dict[str, float]]:
    """What every unit goes by, with what it inherits; `own` in the place of what is kept, to see what it would do."""
    return inherited(unit_paths(), own_settings() if own is None else own)


def staff_called(username: str) -> Staff:
    """The account with that user name.

    Raises DomainError unknown_staff.
    """
    found = Staff.objects.filter(username=username).first()
    if found is None:
        message = Words("没有账号“{name}”", "there is no account “{name}”")
        raise DomainError("unknown_staff", message.fill(name=username), username=username)
    return found


def scope_of(staff: Staff) -> Scope:
    """What `staff` may see and do now; nothing for somebody inactive or without grants."""
    actor = Actor("staff", staff.pk, staff.name)
    if not staff.is_active:
        return Scope(actor)
    grants = Grant.objects.filter(staff=staff).select_related("role", "unit")
    held = [Held(grant.unit.path, grant.role.held) for grant in grants]
    return Scope(actor, allowed_units(held, dict(Unit.objects.values_list("id", "path"))))


def scope_of_token(secret: str, now: datetime) -> Scope | None:
    """The scope of an API token's owner; None when the token is unknown, expired or revoked, or the account closed."""
    digest = sha256(secret.encode()).hexdigest()
    token = (
        ApiToken.objects.select_related("staff", "unit")
        .filter(digest=digest, revoked_at=None, staff__is_active=True)
        .first()
    )
    if token is None or (token.expires_at is not None and token.expires_at <= now):
        return None
    owner = replace(scope_of(token.staff), actor=Actor("token", token.pk, f"{token.name} ({token.staff.name})"))
    return owner.limited(token.permissions, None if token.unit is None else units_below(token.unit))


def units_in(scope: Scope, permission: str) -> list[Unit]:
    """The units where `permission` holds, parents before children."""
    everything = Unit.objects.order_by("path")
    return list(everything if scope.everything else everything.filter(id__in=scope.units(permission)))


def units_seen(scope: Scope) -> list[Unit]:
    """The units where `scope` holds any permission, parents before children."""
    everything = Unit.objects.select_related("parent").order_by("path")
    if scope.everything:
        return list(everything)
    return list(everything.filter(id__in=frozenset().union(*scope.allowed.values())))


def unit_seen(scope: Scope, public_id: str) -> Unit:
    """The unit with that public id.

    Raises DomainError unknown_unit when `scope` holds no permission there.
    """
    return _unit_among(units_seen(scope), public_id)


def account_of(actor: Actor) -> tuple[Staff | None, ApiToken | None]:
    """Who acts, and the token they act with; both None for the system."""
    if actor.kind == "staff":
        return Staff.objects.filter(pk=actor.id).first(), None
    token = ApiToken.objects.select_related("staff").filter(pk=actor.id).first() if actor.kind == "token" else None
    return (token.staff, token) if token else (None, None)


def acting_account(actor: Actor) -> int | None:
    """The primary key of the account that acts, by itself or through a token of its own; None for the system."""
    if actor.kind == "staff":
        return actor.id
    staff, _ = account_of(actor)
    return staff.pk if staff else None


def account_names() -> dict[int, str]:
    """What every account is called, by primary key: the audit trail tells of them by that."""
    return dict(Staff.objects.values_list("pk", "name"))


def roles_held() -> dict[int, list[str]]:
    """The codes of the roles that each account holds anywhere, by primary key."""
    found: dict[int, list[str]] = {}
    for staff, code in Grant.objects.order_by("role__code").values_list("staff", "role__code").distinct():
        found.setdefault(staff, []).append(code)
    return found


def token_owners() -> dict[int, int]:
    """The account of every API token, by primary key."""
    return dict(ApiToken.objects.values_list("pk", "staff"))


def token_names() -> dict[int, str]:
    """What every token is called, by primary key."""
    return dict(ApiToken.objects.values_list("pk", "name"))


def staff_under(scope: Scope) -> QuerySet[Staff]:
    """The accounts `scope` manages: those with a role in its units, and those without any role; by name.

    For each of them `managed_grants` then asks nothing more. Raises Denied.
    """
    scope.require("staff.manage")
    grants = Grant.objects.filter(staff=OuterRef("pk"))
    shown = Grant.objects.select_related("role", "unit").order_by("unit__path", "role__code")
    everybody = Staff.objects.order_by("name", "id")
    if not scope.everything:
        units = scope.units("staff.manage")
        everybody = everybody.filter(Exists(grants.filter(unit__in=units)) | ~Exists(grants))
        shown = shown.filter(unit__in=units)
    return everybody.prefetch_related(Prefetch("grants", shown, "managed"))


def managed_grants(staff: Staff) -> list[Grant]:
    """The grants of an account, found by `staff_under`, that its scope manages, the highest unit first."""
    found: list[Grant] = staff.managed  # type: ignore[attr-defined]
    return found


@dataclass(frozen=True)
class StaffWanted:
    """Which accounts: `text` in the name or user name, and "" for any role (code), unit (public id, with all below it) and state.

    `state` is active, closed or roleless.
    """

    text: str = ""
    role: str = ""
    unit: str = ""
    state: str = ""


def search_staff(scope: Scope, wanted: StaffWanted = StaffWanted()) -> QuerySet[Staff]:
    """Those of `staff_under` that are wanted.

    Raises Denied; DomainError unknown_unit for a unit that `scope` does not manage.
    """
    found = staff_under(scope)
    if wanted.text:
        found = found.filter(Q(name__icontains=wanted.text) | Q(username__icontains=wanted.text))
    grants = Grant.objects.filter(staff=OuterRef("pk"))
    if wanted.role or wanted.unit:
        held = grants if scope.everything else grants.filter(unit__in=scope.units("staff.manage"))
        held = held.filter(role__code=wanted.role) if wanted.role else held
        if wanted.unit:
            held = held.filter(unit__path__startswith=unit_in(scope, "staff.manage", wanted.unit).path)
        found = found.filter(Exists(held))
    if wanted.state == "roleless":
        return found.filter(~Exists(grants))
    return found.filter(is_active=wanted.state == "active") if wanted.state in ("active", "closed") else found


def stands_over(scope: Scope, staff: Staff) -> bool:
    """Whether `scope` manages accounts, and may do all that `staff` may, wherever `staff` holds a role."""
    held = Grant.objects.filter(staff=staff).select_related("role")
    return scope.may("staff.manage") and all(
        scope.may(each, grant.unit_id) for grant in held for each in ("staff.manage", *grant.role.held)
    )


def find_staff(scope: Scope, public_id: str) -> Staff:
    """The account with that public id.

    Raises Denied; DomainError unknown_staff when `scope` does not manage it.
    """
    found = staff_under(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的账号", "there is no account with the id “{id}”")
        raise DomainError("unknown_staff", message.fill(id=public_id), id=public_id)
    return found


def find_grant(scope: Scope, staff: Staff, key: int) -> Grant:
    """The grant of `staff` with that primary key.

    Raises DomainError unknown_grant when `scope` does not manage its unit.
    """
    found = Grant.objects.filter(staff=staff, pk=key).select_related("role").first()
    if found is None or not scope.may("staff.manage", found.unit_id):
        message = Words("没有这项授权", "there is no such grant")
        raise DomainError("unknown_grant", message, key=key)
    return found


def unit_in(scope: Scope, permission: str, public_id: str) -> Unit:
    """The unit with that public id.

    Raises DomainError unknown_unit when `permission` does not hold there.
    """
    return _unit_among(units_in(scope, permission), public_id)


def _unit_among(units: Iterable[Unit], public_id: str) -> Unit:
    found = next((each for each in units if each.public_id == public_id), None)
    if found is None:
        message = Words("没有编号为“{id}”的组织单位", "there is no unit with the id “{id}”")
        raise DomainError("unknown_unit", message.fill(id=public_id), id=public_id, field="unit")
    return found


def role_called(code: str) -> Role:
    """The role with that code.

    Raises DomainError unknown_role.
    """
    found = Role.objects.filter(code=code).first()
    if found is None:
        message = Words("没有代码为“{code}”的角色", "there is no role with the code “{code}”")
        raise DomainError("unknown_role", message.fill(code=code), role=code)
    return found


def level_names() -> dict[int, str]:
    """What the levels of the tree are called, by steps below the top; those without a name are missing."""
    return dict(Level.objects.values_list("depth", "name"))


def levels() -> list[tuple[int, str]]:
    """The levels of the tree from the top down, those in use and one more: steps below the top, and the name or ""."""
    names = level_names()
    deepest = max(unit.depth for unit in Unit.objects.only("path"))
    return [(depth, names.get(depth, "")) for depth in range(min(max([deepest + 1, *names]) + 1, DEEPEST))]


def holders() -> dict[str, int]:
    """How many grants there are of each role, by its code; roles nobody holds are missing."""
    return dict(Grant.objects.order_by().values_list("role__code").annotate(count=Count("id")))


def grants_at(units: Collection[int]) -> list[Grant]:
    """The grants at just these units, by unit, then by the person's name."""
    found = Grant.objects.filter(unit__in=units).select_related("role", "staff", "unit")
    return list(found.order_by("unit__path", "staff__name", "role__code"))


def roles() -> list[Role]:
    """Every role, the widest first."""
    return sorted(Role.objects.all(), key=lambda role: (-len(role.held), role.code))


def grants_of(staff: Staff) -> list[Grant]:
    """What `staff` may do where, the highest unit first."""
    return list(Grant.objects.filter(staff=staff).select_related("role", "unit").order_by("unit__path", "role__code"))


def tokens_of(staff: Staff) -> list[ApiToken]:
    """The API tokens of `staff`, the newest first."""
    return list(ApiToken.objects.filter(staff=staff).select_related("unit").order_by("-id"))


def token_of(staff: Staff, public_id: str) -> ApiToken:
    """One's own token with that public id.

    Raises DomainError unknown_token.
    """
    found = ApiToken.objects.filter(staff=staff, public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的令牌", "there is no token with the id “{id}”")
        raise DomainError("unknown_token", message.fill(id=public_id), id=public_id)
    return found


def audit_trail(scope: Scope) -> QuerySet[AuditEntry]:
    """Every audit entry, the newest first: entries belong to no unit, so only who may see all of them sees any.

    Raises Denied.
    """
    scope.require("audit.view", root_unit().pk)
    return entries()
