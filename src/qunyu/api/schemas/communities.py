"""Communities and who is in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, Ref, Text, ref_of
from qunyu.members.queries import Totals

if TYPE_CHECKING:
    from qunyu.communities.models import Community

CommunityType = Literal["", "lead", "welfare", "flash", "sharing", "sales", "enabling"]


class CommunityQuery(Schema):
    """Which communities are asked for, in which order."""

    search: Text = Field("", description="a part of the name, or of the platform's own name for it")
    platform: Text = ""
    type: CommunityType | None = Field(None, description='"" for those without a type')
    theme: Text = ""
    unit: Text = Field("", description="a unit's id: those of the unit and of every unit below it")
    sort: Literal["name", "-name", "platform", "-platform", "type", "-type", "theme", "-theme"] = "name"
    limit: Limit = 50
    cursor: Cursor = ""


class CommunityOut(Schema):
    """A community. `type` and `theme` are "" until somebody says them; `last_at` is null where nobody was seen."""

    id: str
    name: str
    platform: str
    type: str
    theme: str
    unit: Ref
    opened_on: date | None
    closed_on: date | None
    members: int = Field(description="people seen there and not seen leaving")
    messages: int
    last_at: datetime | None


class CommunityChanges(Schema):
    """What to write; a field that is left out stays as it is, null clears a day and "" a type or theme."""

    model_config = {"extra": "forbid"}

    name: Text = Field("", description="1 to 255 characters")
    type: Text = Field("", description="lead, welfare, flash, sharing, sales, enabling")
    theme: Text = Field("", description="at most 60 characters")
    opened_on: Day | None = None
    closed_on: Day | None = None


def community_out(community: Community, totals: Totals) -> CommunityOut:
    """The community as the API shows it; its unit must be loaded."""
    return CommunityOut(
        id=community.public_id,
        name=community.name,
        platform=community.platform,
        type=community.type,
        theme=community.theme,
        unit=ref_of(community.unit),
        opened_on=community.opened_on,
        closed_on=community.closed_on,
        members=totals.present,
        messages=totals.messages,
        last_at=totals.last_at,
    )
