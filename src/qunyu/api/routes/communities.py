"""Communities and who is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.communities import CommunityChanges, CommunityOut, CommunityQuery, community_out
from qunyu.api.schemas.members import CommunityMemberOut, MembershipQuery, community_member_out
from qunyu.communities.actions import edit
from qunyu.communities.queries import find_community, search_communities
from qunyu.kernel.scope import Scope
from qunyu.members.queries import Totals, memberships, totals_by_community

if TYPE_CHECKING:
    from qunyu.communities.models import Community
    from qunyu.communities.rules import Changes
from qunyu.people.queries import unit_seen

router = Router(tags=["communities"])


@router.get("/communities", response=Page[CommunityOut], operation_id="communities", summary="Communities")
def communities(request: HttpRequest, asked: Query[CommunityQuery]) -> Page[CommunityOut]:
    """The communities the caller may see."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    path = unit_seen(scope, asked.unit).path if asked.unit else ""
    found = search_communities(
        scope, text=asked.search, platform=asked.platform, kind=asked.type, theme=asked.theme, unit_path=path
    )
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, (asked.sort, "public_id"))
    totals = totals_by_community(scope, [row.pk for row in rows])
    return Page[CommunityOut](items=[community_out(row, totals.get(row.pk, Totals())) for row in rows], next=following)


@router.get("/communities/{id}", response=CommunityOut, operation_id="community", summary="One community")
def community(request: HttpRequest, id: str) -> CommunityOut:
    """One community."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    return _shown(scope, find_community(scope, id))


def _shown(scope: Scope, row: Community) -> CommunityOut:
    return community_out(row, totals_by_community(scope, [row.pk]).get(row.pk, Totals()))


@router.patch("/communities/{id}", response=CommunityOut, operation_id="edit_community", summary="Edit a community")
def edit_community(request: HttpRequest, id: str, changes: CommunityChanges) -> CommunityOut:
    """Writes the fields that are sent; the others stay. Needs communities.edit where the community is."""
    scope = scope_of_request(request)
    wanted: Changes = changes.model_dump(exclude_unset=True)  # type: ignore[assignment]
    row = edit(by=scope, community=find_community(scope, id), changes=wanted, now=timezone.now())
    return _shown(scope, row)


@router.get(
    "/communities/{id}/members",
    response=Page[CommunityMemberOut],
    operation_id="community_members",
    summary="Who is (or was) in a community",
)
def community_members(request: HttpRequest, id: str, asked: Query[MembershipQuery]) -> Page[CommunityMemberOut]:
    """The people of a community, one row for each name or account they have there. Needs members.view there."""
    scope = scope_of_request(request)
    row = find_community(scope, id)
    scope.require("members.view", row.unit_id)
    found = memberships(scope).filter(community=row).select_related("community", "identity__member")
    found = found.annotate(home=Coalesce("identity__community__public_id", Value("")))
    order = (asked.sort, "identity__platform", "identity__key", "home")
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, order)
    return Page[CommunityMemberOut](items=[community_member_out(each) for each in rows], next=following)
