"""Who is asking, and the organisation tree."""

from __future__ import annotations

from datetime import datetime

from ninja import Field, Schema


class TokenOut(Schema):
    """The API token that is being used."""

    id: str
    name: str
    expires_at: datetime | None = Field(description="null: it does not expire")


class Me(Schema):
    """Who is asking. `permissions` gives the public ids of the units where each permission holds."""

    id: str
    username: str
    name: str
    language: str
    token: TokenOut | None = Field(description="null under the console's session")
    permissions: dict[str, list[str]]


class UnitOut(Schema):
    """A unit of the organisation tree. `parent` is null for the top, and for one whose parent may not be seen."""

    id: str
    name: str
    parent: str | None
    level: str = Field(description="what units of this depth are called; empty for nothing")
    permissions: list[str] = Field(description="what the caller may do there")
