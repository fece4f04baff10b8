"""The organisation: units, roles, accounts and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Ref, Text, ref_of

if TYPE_CHECKING:
    from qunyu.people.models import ApiToken, Grant, Role, Staff


class UnitIn(Schema):
    """A unit to add."""

    parent: Text = Field(description="public id of the unit above")
    name: Text


class UnitChanges(Schema):
    """What is to change; what is left out stays."""

    name: Text | None = None
    parent: Text | None = Field(None, description="public id of the unit it is to lie below")


class Levels(Schema):
    """What the levels of the tree are called, from the top down; an empty name is none."""

    names: list[Text] = Field(max_length=12)


class RoleOut(Schema):
    """A role: a named set of permissions. `held_by` is how many times it is granted."""

    code: str
    name_zh: str
    name_en: str
    permissions: list[str]
    built_in: bool
    held_by: int


class RoleIn(Schema):
    """A role of one's own. Without an English name it is called the same in both languages; without a code it gets one."""

    name_zh: Text
    name_en: Text = ""
    permissions: list[Text] = Field(max_length=100)
    code: Text = Field("", description="left out when a role is changed: a code stays")


class GrantOut(Schema):
    """A role at a unit and everywhere below it."""

    id: int
    role: str
    unit: Ref


class GrantIn(Schema):
    """A role to give."""

    role: Text = Field(description="the role’s code")
    unit: Text = Field(description="public id of the unit")


class StaffOut(Schema):
    """An account, with its grants as far as the caller manages their units."""

    id: str
    username: str
    name: str
    active: bool
    created_at: datetime
    last_sign_in_at: datetime | None
    grants: list[GrantOut]


class StaffIn(Schema):
    """An account to add, with its first role. Without a password, an invitation lets its owner choose one."""

    username: Text
    name: Text
    role: Text
    unit: Text
    password: Text = ""


class StaffChanges(Schema):
    """What is to change; what is left out stays."""

    name: Text | None = None
    active: bool | None = None


class StaffQuery(Schema):
    """Which accounts."""

    q: Text = Field("", description="in the name or user name")
    role: Text = Field("", description="a role’s code")
    unit: Text = Field("", description="public id of a unit; takes all below it")
    state: Literal["", "active", "closed", "roleless"] = ""
    limit: Limit = 50
    cursor: Cursor = ""


class InvitationOut(Schema):
    """The address where the person chooses a password: works once, for three days, and is not shown again."""

    address: str


class RosterLine(Schema):
    """A line of a roster: `unit` is the path of names below the top ("" is the top itself), the rest "" for a unit without roles."""

    unit: str
    username: str
    name: str
    role: str


class RosterTried(Schema):
    """How many units, accounts and roles a roster would make; where any line is `wrong` (number and reason) nothing at all."""

    units: int
    accounts: int
    grants: int
    wrong: list[str]


class Invited(Schema):
    """A new account, and the address where its owner chooses a password: works once, for three days, and is not shown again."""

    id: str
    username: str
    address: str


class RosterTaken(Schema):
    """What a roster made."""

    units: int
    grants: int
    accounts: list[Invited]


class OwnTokenOut(Schema):
    """An API token. `permissions` null: all that its owner may; `unit` null: wherever its owner may."""

    id: str
    name: str
    permissions: list[str] | None
    unit: Ref | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class TokenIn(Schema):
    """A token to issue."""

    name: Text
    days: int = Field(30, ge=1, le=3650, description="how long it is good")
    permissions: list[Text] | None = Field(None, max_length=100, description="null for all that its owner may")
    unit: Text | None = Field(None, description="public id of a unit; null for wherever its owner may")


class IssuedToken(Schema):
    """A new token, and its secret: it is not shown again."""

    token: OwnTokenOut
    secret: str


def role_out(role: Role, held_by: int) -> RoleOut:
    """The role as the API shows it."""
    return RoleOut(
        code=role.code,
        name_zh=role.name_zh,
        name_en=role.name_en,
        permissions=list(role.held),
        built_in=role.built_in,
        held_by=held_by,
    )


def grant_out(grant: Grant) -> GrantOut:
    """The grant as the API shows it."""
    return GrantOut(id=grant.pk, role=grant.role.code, unit=ref_of(grant.unit))


def staff_out(staff: Staff, grants: list[Grant]) -> StaffOut:
    """The account as the API shows it."""
    return StaffOut(
        id=staff.public_id,
        username=staff.username,
        name=staff.name,
        active=staff.is_active,
        created_at=staff.created_at,
        last_sign_in_at=staff.last_login,
        grants=[grant_out(each) for each in grants],
    )


def token_out(token: ApiToken) -> OwnTokenOut:
    """The token as the API shows it."""
    return OwnTokenOut(
        id=token.public_id,
        name=token.name,
        permissions=token.permissions,
        unit=ref_of(token.unit) if token.unit else None,
        created_at=token.created_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
        last_used_at=token.last_used_at,
    )
