"""Members: the list of people over all communities in scope."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpResponseBase, QueryDict
from django.urls import reverse

from qunyu.communities.queries import communities_where
from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.names import MEMBER_ROLES, named, platform
from qunyu.console.templatetags.showing import ago, whole
from qunyu.insights.label import Label, labels
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.labels import values_of
from qunyu.members.queries import Wanted, members

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
    columns = (*COLUMNS, *label_columns(request.scope))
    listing = Listing[Any](columns, request.GET, "-last_at", link, chips=chips(request.GET, filters))
    listing.dress = lambda rows: dress(request.scope, rows)
    rows = listing.ordered(members(request.scope, _wanted(request, filters, search, only)))
    file = listing.export(rows, "members")
    if file is not None:
        return file
    context = {"listing": listing.put(rows), "filters": filters, "search": search, **around}
    if not listing.chips and not listing.rows:
        context["none_at_all"] = True
    return answer(request, page, context, part="_list")


def _wanted(request: Ask, filters: list[Filter], search: str, only: int | None) -> Wanted:
    chosen = {each.name: each.chosen for each in filters}
    ids = None if only is None else [only]
    if public_id := chosen.get("community"):
        here = communities_where(request.scope, "members.view")
        ids = list(here.filter(public_id=public_id).values_list("id", flat=True))
    place = chosen.get("place", "")
    said = {key: chosen[key] for key in labels() if chosen.get(key)}
    return Wanted(
        search, ids, chosen.get("role", ""), chosen.get("platform", ""), place == "present", place == "outside", said
    )


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
    return [*useful, _place_filter(given, scope), *label_filters(given, scope)]


def _place_filter(given: QueryDict, scope: Scope) -> Filter:
    """Members of communities, unless those are asked for who are there now, or in none."""
    options = [PRESENT]
    if scope.may("orders.view"):
        options.append(("outside", Words("不在任何社群的买家", "Buyers in no community")))
    everybody = Words("社群成员（含已退群）", "In communities, or was")
    return Filter("place", Words("所在", "Where"), options, given.get("place", ""), everybody)


def presence_filter(given: QueryDict) -> Filter:
    """Everybody ever seen in a community, or who is there now."""
    return Filter("place", Words("在群", "There"), [PRESENT], given.get("place", ""), Words("含已退群", "Or was there"))


def link(row: Any) -> str:
    """The member's page."""
    return reverse("console:member", args=[row.public_id])
