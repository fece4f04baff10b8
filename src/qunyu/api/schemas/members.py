"""People, as what platforms know them, and where they are."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Literal, cast

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Ref, Text, ref_of
from qunyu.api.schemas.labels import ToldOut
from qunyu.api.schemas.orders import OrderOut
from qunyu.members.queries import Totals

if TYPE_CHECKING:
    from qunyu.members.models import Identity, Member, Membership
    from qunyu.reports.life import Event

Role = Literal["member", "staff", "atmosphere", "bot"]
# The keys of reports.life.SOURCES.
Source = Literal[
    "talk", "comings", "orders", "contacts", "labels", "profile", "merges", "points", "tags", "opinions", "offers", "consents", "links", "quiet"
]  # fmt: skip
# Customers are known within the shop of one unit, whose inner number stands behind the word.
_OWN_PLATFORM = re.compile(r"(shop|contact)\d+")


class MemberQuery(Schema):
    """Which people are asked for, in which order."""

    search: Text = Field("", description="a part of a name, or of a platform's id")
    role: Literal["", "member", "staff", "atmosphere", "bot"] = ""
    labels: list[Text] = Field([], description="only who has all of these, each as label:value")
    tags: list[Text] = Field([], max_length=50, description="only who carries these, by public id")
    tagged: Literal["any", "all", "none"] = Field(
        "any", description="whether any of the tags will do, all must be there, or none may"
    )
    sort: Literal["name", "-name"] = "name"
    limit: Limit = 50
    cursor: Cursor = ""


class MembershipQuery(Schema):
    """Which page of a community's people, in which order: the latest seen, the first seen or the most talkative first."""

    sort: Literal["-last_at", "last_at", "-first_at", "first_at", "-messages", "messages"] = "-last_at"
    limit: Limit = 50
    cursor: Cursor = ""


class MemberOut(Schema):
    """A person. The figures count only communities the caller may see."""

    id: str
    name: str
    role: Role
    communities: int = Field(description="communities they were not seen leaving")
    messages: int
    last_at: datetime | None
    labels: dict[str, str] = Field(description="label -> value, those the caller may know")


class IdentityOut(Schema):
    """A person as one platform (or "shop", or "contact" where a unit noted them down) knows them; `community` is set where only a display name there is known."""

    id: str
    platform: str
    key: str = Field(
        description="the name, or of a stable id the first and last characters; whole only by reveal, with a reason"
    )
    name: str
    community: Ref | None
    unreadable: bool = Field(default=False, description="the stable id was sealed under another key")


class MembershipOut(Schema):
    """A person in a community. `joined_at` is null where nobody saw them come, `left_at` where nobody saw them go."""

    community: Ref
    name: str
    first_at: datetime
    last_at: datetime
    joined_at: datetime | None
    left_at: datetime | None
    messages: int
    active_days: int


class CommunityMemberOut(MembershipOut):
    """A person in a community, as its list shows them."""

    member: Ref
    role: Role


class MomentOut(Schema):
    """One thing a person said or did in a community; `kind` and `subject` are codes, `text` is what was said."""

    at: datetime
    kind: str
    subject: str
    community: Ref
    text: str


class MomentsOut(Schema):
    """The latest of what a person said and did; `next` goes into `before` for what came earlier, null when that is all."""

    items: list[MomentOut]
    next: str | None


class MomentsQuery(Schema):
    """Which moments: older than `before`, of some kinds only (message, joined, left …)."""

    before: Text = ""
    kinds: list[Text] = Field(default=[], max_length=20)
    limit: Limit = 50


class TimelineQuery(Schema):
    """Which part of the timeline: older than `before`, of one source only."""

    before: Text = ""
    source: Literal["", Source] = ""


class EventOut(Schema):
    """One thing that happened with a person, as their page shows it; `community` is "" where it happened in none."""

    at: datetime
    source: Source
    title: str
    community: str
    text: str


class TimelineOut(Schema):
    """The latest of all that happened; `next` goes into `before` for what came earlier, null when that is all."""

    items: list[EventOut]
    next: str | None


def event_out(event: Event) -> EventOut:
    """The event as the API shows it."""
    return EventOut(
        at=event.at, source=cast(Source, event.source), title=str(event.title), community=event.community, text=event.text
    )  # fmt: skip


class MemberDetail(MemberOut):
    """Everything known of a person, as far as the caller may see it."""

    identities: list[IdentityOut]
    memberships: list[MembershipOut]
    told: list[ToldOut] = Field(description="what the labels say, with the reason")
    past: list[ToldOut] = Field(description="what they said before, the latest first")
    orders: list[OrderOut] | None = Field(description="the latest hundred; null without orders.view")


def member_out(member: Member, totals: Totals, labels: dict[str, str]) -> MemberOut:
    """The person as a list shows them."""
    return MemberOut(
        id=member.public_id,
        name=member.name,
        role=cast(Role, member.role),
        communities=totals.present,
        messages=totals.messages,
        last_at=totals.last_at,
        labels=labels,
    )


def platform_out(platform: str) -> str:
    """The platform as the API calls it: whose shop, or whose contact, is ours to know."""
    own = _OWN_PLATFORM.fullmatch(platform)
    return own[1] if own else platform


def identity_out(identity: Identity) -> IdentityOut:
    """The identity as the API shows it; its community and own member must be loaded: an identity goes by that one's id, which never changes."""
    return IdentityOut(
        id=identity.own_member.public_id,
        platform=platform_out(identity.platform),
        key=identity.shown_key,
        name=identity.name,
        community=ref_of(identity.community) if identity.community else None,
        unreadable=identity.unreadable,
    )


def membership_out(row: Membership) -> MembershipOut:
    """The membership as a person's page shows it; its community and identity must be loaded."""
    return MembershipOut(
        community=ref_of(row.community),
        name=row.identity.name,
        first_at=row.first_at,
        last_at=row.last_at,
        joined_at=row.joined_at,
        left_at=row.left_at,
        messages=row.messages,
        active_days=row.active_days,
    )


def community_member_out(row: Membership) -> CommunityMemberOut:
    """The membership as its community's list shows it; identity and member must be loaded."""
    member = row.identity.member
    shown = membership_out(row).model_dump()
    return CommunityMemberOut(**shown, member=Ref(id=member.public_id, name=member.name), role=cast(Role, member.role))
