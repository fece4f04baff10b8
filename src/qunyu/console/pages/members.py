"""Members: the list of people over all communities in scope."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.communities.queries import communities_where
from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.tag_choices import TagFilter, choices, dress_with_tags, tag_column, tag_filter
from qunyu.console.templatetags.showing import ago, whole
from qunyu.insights.label import Label, labels
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.fields import Definition, fields_in
from qunyu.members.labels import values_of
from qunyu.members.links import spared_decisions
from qunyu.members.listing import Listed
from qunyu.members.profile import export_revealed, profiles
from qunyu.members.queries import Wanted, members
from qunyu.reports.names import MEMBER_ROLES, named, platform

if TYPE_CHECKING:
    from qunyu.members.models import Member

# A row is a member with the figures that `members.queries.members` adds.
COLUMNS = (
    Column[Any]("name", Words("成员", "Member"), lambda row: row.name, sort="name", fixed=True),
    Column[Any]("role", Words("角色", "Role"), lambda row: named(MEMBER_ROLES, row.role), sort="role"),
    Column[Any]("communities", Words("所在社群", "Communities"), lambda row: whole(row.communities),
                lambda row: row.communities, "communities", number=True),
    Column[Any]("messages", Words("消息", "Messages"), lambda row: whole(row.messages), lambda row: row.messages,
                "messages", number=True),
    Column[Any]("first_at", Words("首次出现", "First seen"), lambda row: ago(row.first_at), lambda row: row.first_at,
                "first_at", number=True),
    Column[Any]("last_at", Words("最后活动", "Last activity"), lambda row: ago(row.last_at), lambda row: row.last_at,
                "last_at", number=True),
    Column[Any]("member_id", Words("成员编号", "Member id"), lambda row: row.public_id, optional=True),
)  # fmt: skip


# The labels whose columns show unless others are asked for.
SHOWN = ("tier", "user_type")
PRESENT: tuple[str, object] = ("present", Words("目前在群", "There now"))


def known_labels(scope: Scope) -> list[Label]:
    """The labels `scope` may know of somebody."""
    return [label for label in labels().values() if not label.needs or scope.may(label.needs)]


def show_members(request: Ask) -> HttpResponseBase:
    """The list, its part, or its export."""
    request.scope.require("members.view")
    return answer_members(request, "members", _filters(request.GET, request.scope), {})


def answer_members(
    request: Ask, page: str, filters: list[Filter], around: dict[str, Any], only: int | None = None
) -> HttpResponseBase:
    """A list of members as page `page`, with what stands `around` it; of the community `only` where one is named."""
    search = request.GET.get("q", "").strip()
    fields, tags = fields_in(request.scope), tag_filter(request.GET, request.scope)
    listing = _listing(request.GET, request.scope, (filters, fields, tags))
    wanted = _wanted(request.GET, request.scope, filters, only, tags)
    found = members(request.scope, wanted)
    rows = listing.ordered(found)
    file = listing.export(rows, "members")
    if file is not None:
        return file
    may_tag = page == "members" and bool(tags.tags) and request.scope.may("members.edit")
    if may_tag:
        listing.pick = lambda row: row.public_id
    context = {
        "listing": listing.put(Listed(request.scope, wanted, rows, listing.sort)),
        "filters": filters,
        "search": search,
        "tag_filter": tags,
        **around,
    }
    context |= {"tag_choices": choices(tags.tags) if may_tag else [], "form": Form({})}
    if not listing.chips and not listing.rows:
        context["none_at_all"] = True
    context |= {"above": "console/_members_above.html", "spared": spared_decisions(request.scope, found)}
    context["sealed"] = page == "members" and request.scope.may("members.reveal") and bool(_sensitive(listing, fields))
    return answer(request, page, context, part="_list")


def _listing(
    given: QueryDict, scope: Scope, asked: tuple[list[Filter], list[Definition], TagFilter], *, reveal: bool = False
) -> Listing[Any]:
    filters, fields, tags = asked
    columns = (*COLUMNS, *label_columns(scope), *tag_column(tags.tags), *(_field_column(each) for each in fields))
    listing = Listing[Any](columns, given, "-last_at", link, chips=chips(given, filters) + tags.chips(given))
    shown = {each.key for each in listing.shown}
    wanted = [each for each in fields if _column_key(each) in shown]

    def fill(rows: Sequence[Any]) -> None:
        dress(scope, rows)
        dress_with_tags(scope, rows, tags.tags if "tags" in shown else ())
        if wanted:
            found = profiles(scope, [row.pk for row in rows], wanted, reveal=reveal)
            for row in rows:
                row.told = {each.field.key: each.text for each in found[row.pk]}

    listing.dress = fill
    return listing


def _column_key(field: Definition) -> str:
    return f"field_{field.key}"


def _field_column(field: Definition) -> Column[Any]:
    return Column(
        _column_key(field),
        field.title,
        lambda row: row.told[field.key] or "–",
        lambda row: row.told[field.key] or "",
        optional=True,
    )


def _sensitive(listing: Listing[Any], fields: list[Definition]) -> list[str]:
    """The keys of the sensitive fields that the list shows."""
    shown = {each.key for each in listing.shown}
    return [each.key for each in fields if each.sensitive and _column_key(each) in shown]


def export_members(request: Ask) -> HttpResponseBase:
    """The list as a file with sensitive details in the clear, for a reason; that is kept in the audit trail.

    Raises Denied unless members.reveal holds for everybody on the list.
    """
    request.scope.require("members.view")
    given = request.POST
    filters, fields = _filters(given, request.scope), fields_in(request.scope)
    tags = tag_filter(given, request.scope)
    listing = _listing(given, request.scope, (filters, fields, tags), reveal=True)
    rows = listing.ordered(members(request.scope, _wanted(given, request.scope, filters, None, tags)))
    try:
        export_revealed(
            by=request.scope,
            members=list(rows.values_list("pk", flat=True)),
            fields=_sensitive(listing, fields),
            reason=given.get("reason", ""),
            now=timezone.now(),
        )
    except DomainError as error:
        if error.code != "reason_needed":
            raise
        messages.error(request, str(error.message))
        return redirect("console:members")
    return listing.export(rows, "members") or redirect("console:members")


def wanted_members(given: QueryDict, scope: Scope) -> QuerySet[Member]:
    """The members that an address of the list finds, whatever page of it."""
    return members(scope, _wanted(given, scope, _filters(given, scope), None, tag_filter(given, scope)))


def _wanted(given: QueryDict, scope: Scope, filters: list[Filter], only: int | None, tags: TagFilter) -> Wanted:
    search = given.get("q", "").strip()
    chosen = {each.name: each.chosen for each in filters}
    ids = None if only is None else [only]
    if public_id := chosen.get("community"):
        here = communities_where(scope, "members.view")
        ids = list(here.filter(public_id=public_id).values_list("id", flat=True))
    place = chosen.get("place", "")
    said = {key: chosen[key] for key in labels() if chosen.get(key)}
    role, platform = chosen.get("role", ""), chosen.get("platform", "")
    return Wanted(search, ids, role, platform, place == "present", place == "outside", said, tags.wanted)


def label_columns(scope: Scope) -> list[Column[Any]]:
    """What the labels say of a row on which `dress` has put it."""
    return [
        Column(label.key, label.title, partial(_said, label), optional=label.key not in SHOWN)
        for label in known_labels(scope)
    ]


def _said(label: Label, row: Any) -> Words | str:
    code = row.said.get(label.key, "")
    return next((each.title for each in label.values if each.code == code), "–")


def dress(scope: Scope, rows: Sequence[Any]) -> None:
    """Puts on members what the labels say of them."""
    found = values_of(scope, [row.pk for row in rows])
    for row in rows:
        row.said = found.get(row.pk, {})


def label_filters(given: QueryDict, scope: Scope) -> list[Filter]:
    """A choice for each of our own labels."""
    return [
        Filter(label.key, label.title, [(each.code, each.title) for each in label.values], _known(label, given))
        for label in known_labels(scope)
        if not label.reference or given.get(label.key)
    ]


def _known(label: Label, given: QueryDict) -> str:
    asked = given.get(label.key, "")
    return asked if asked in {each.code for each in label.values} else ""


def role_filter(given: QueryDict) -> Filter:
    """The choice of a role."""
    return Filter("role", Words("角色", "Role"), list(MEMBER_ROLES.items()), given.get("role", ""))


def _filters(given: QueryDict, scope: Scope) -> list[Filter]:
    here = list(
        communities_where(scope, "members.view").order_by("name", "id").values_list("public_id", "name", "platform")
    )
    names = [(public_id, name) for public_id, name, _ in here]
    platforms = [(each, platform(each)) for each in sorted({row[2] for row in here})]
    found = (
        Filter("community", Words("社群", "Community"), names, given.get("community", "")),
        role_filter(given),
        Filter("platform", Words("平台", "Platform"), platforms, given.get("platform", "")),
    )
    useful = [each for each in found if len(each.options) > 1 or each.chosen]
    return [*useful, _place_filter(given), *label_filters(given, scope)]


def _place_filter(given: QueryDict) -> Filter:
    """Members of communities, unless those are asked for who are there now, or in none."""
    options = [PRESENT, ("outside", Words("不在任何社群的人", "People in no community"))]
    everybody = Words("社群成员（含已退群）", "In communities, or was")
    return Filter("place", Words("所在", "Where"), options, given.get("place", ""), everybody)


def presence_filter(given: QueryDict) -> Filter:
    """Everybody ever seen in a community, or who is there now."""
    return Filter("place", Words("在群", "There"), [PRESENT], given.get("place", ""), Words("含已退群", "Or was there"))


def link(row: Any) -> str:
    """The member's page."""
    return reverse("console:member", args=[row.public_id])
