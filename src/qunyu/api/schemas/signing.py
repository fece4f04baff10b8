"""Sessions, second factors and the rules of signing in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from ninja import Field, Schema

from qunyu.people.devices import device
from qunyu.people.sessions import ends_at

if TYPE_CHECKING:
    from qunyu.people.models import SignInRules, StaffSession

Who = Literal["nobody", "directors", "everybody"]


class SessionOut(Schema):
    """Somebody signed in at a browser."""

    id: str
    device: str = Field(description="browser and system in plain words")
    address: str = Field(description="where the browser was; empty when unknown")
    via: str = Field(description="password, or oidc for the company's own sign-in")
    second_factor: bool = Field(description="a second factor was given")
    begun_at: datetime
    seen_at: datetime = Field(description="noted every five minutes at most")
    ends_at: datetime = Field(description="when it ends by itself if nothing more is done")
    current: bool = Field(description="the session that asks")


class Ended(Schema):
    """How many sessions were ended."""

    count: int


class FactorOut(Schema):
    """The state of somebody's second factor."""

    on: bool
    since: datetime | None = Field(description="null while it is off")
    codes_left: int = Field(description="recovery codes not used yet")


class RulesOut(Schema):
    """What signing in takes in this deployment."""

    min_length: int
    password_days: int = Field(description="0: passwords do not grow old")
    remembered: int = Field(description="last passwords that may not be used again, the present one among them")
    second_factor: Who
    idle_minutes: int
    lifetime_hours: int


class RulesIn(Schema):
    """What to change; what is left out stays."""

    min_length: int | None = Field(None, ge=10, le=64)
    password_days: int | None = Field(None, ge=0, le=3650)
    remembered: int | None = Field(None, ge=0, le=10)
    second_factor: Who | None = None
    idle_minutes: int | None = Field(None, ge=15, le=43_200)
    lifetime_hours: int | None = Field(None, ge=1, le=2160)


def session_out(session: StaffSession, here: int | None = None) -> SessionOut:
    """The session as the API shows it; `here` is the primary key of the one that asks."""
    return SessionOut(
        id=session.public_id,
        device=str(device(session.agent)),
        address=session.address,
        via=session.via,
        second_factor=session.strong,
        begun_at=session.begun_at,
        seen_at=session.seen_at,
        ends_at=ends_at(session),
        current=session.pk == here,
    )


def rules_out(rules: SignInRules) -> RulesOut:
    """The rules as the API shows them."""
    return RulesOut(**{name: getattr(rules, name) for name in RulesOut.model_fields})
