"""Writes of the organisation: units, staff, roles, grants and tokens."""

from qunyu.people.actions.invitations import accept, invite, invited
from qunyu.people.actions.roles import add_role, change_role, remove_role
from qunyu.people.actions.staff import (
    add_staff,
    grant,
    rename_staff,
    revoke,
    set_active,
    speak_in,
)
from qunyu.people.actions.tokens import Limits, issue_token, note_use, revoke_token
from qunyu.people.actions.units import add_unit, change_settings, move_unit, name_levels, remove_unit, rename_unit

__all__ = (
    "Limits",
    "accept",
    "add_role",
    "add_staff",
    "add_unit",
    "change_role",
    "change_settings",
    "grant",
    "invite",
    "invited",
    "issue_token",
    "move_unit",
    "name_levels",
    "note_use",
    "remove_role",
    "remove_unit",
    "rename_staff",
    "rename_unit",
    "revoke",
    "revoke_token",
    "set_active",
    "speak_in",
)
