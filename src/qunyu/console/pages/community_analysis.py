"""One community: who leaves it, and who holds it together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from qunyu.console.asking import Ask
from qunyu.console.explaining import Explanation
from qunyu.console.narrowing import GRAIN_NAMES, Narrowing
from qunyu.console.pages.analysis import analysed
from qunyu.console.pages.community import found_community, header_of
from qunyu.console.pages.leaving import Fact, leaving_of
from qunyu.console.spans import Span
from qunyu.flows.place import lake
from qunyu.insights.network import WITHIN, Network, Node, network
from qunyu.kernel.words import Words
from qunyu.members.queries import among
from qunyu.reports.charts import PALETTE, Chart
from qunyu.reports.names import MEMBER_ROLES, named
from qunyu.reports.show import UNKNOWN, number

LISTED = 10
# More names do not stand around a circle on a phone.
DRAWN = 20


@dataclass(frozen=True)
class Person:
    """One of those with most ties: name, link and role beside the figures."""

    node: Node
    name: str
    link: str
    role: Words


def show_leaving_of(request: Ask, public_id: str) -> HttpResponse:
    """Who leaves the community."""
    return _show(request, public_id, "leaving")


def show_network(request: Ask, public_id: str) -> HttpResponse:
    """Who holds the community together."""
    return _show(request, public_id, "network")


def _show(request: Ask, public_id: str, tab: str) -> HttpResponse:
    community = found_community(request, public_id)
    asked = Narrowing.of(request.GET, request.scope)
    asked.only = {"community": public_id}
    context = {
        "asked": asked,
        "grains": GRAIN_NAMES.items(),
        "part": f"console/_{tab}.html",
        **header_of(request, community, tab),
    }

    def made(request: Ask, asked: Narrowing, span: Span) -> dict[str, Any] | None:
        if tab == "leaving":
            return leaving_of(request, asked, span)
        return _network_of(
            request, network(lake(), request.scope, span.first, span.last, community.pk), community.unit_id
        )

    return analysed(request, asked, context, "community_analysis", made)


def _network_of(request: Ask, found: Network | None, unit: int) -> dict[str, Any] | None:
    if found is None:
        return None
    may = request.scope.may("members.view", unit)
    people = _people(request, found) if may else []
    return {
        "facts": _facts(found),
        "people": people[:LISTED],
        "may": may,
        "charts": [_graph(found, {each.node.member: each.name for each in people})] if people else [],
        "wide": True,
        "explained": Explanation(_SENTENCES, "O7 · N8", found.messages, found.as_of),
    }


def _people(request: Ask, found: Network) -> list[Person]:
    known = {each.pk: each for each in among(request.scope, {node.member for node in found.nodes})}
    return [
        Person(
            node,
            known[node.member].name,
            reverse("console:member", args=[known[node.member].public_id]),
            named(MEMBER_ROLES, node.role),
        )
        for node in found.nodes
        if node.member in known
    ]


def _facts(found: Network) -> list[Fact]:
    return [
        Fact(
            Words("有往来的人", "People with ties"),
            number(found.tied),
            Words(f"说过话的共 {number(found.people)} 人", f"of {number(found.people)} who spoke"),
        ),
        Fact(
            Words("往来关系", "Ties"),
            number(found.ties),
            Words(
                f"占可能关系的 {_share(found.density)}（密度）；共接话 {number(found.strength)} 次",
                f"{_share(found.density)} of those possible (density); {number(found.strength)} turns taken",
            ),
        ),
        Fact(
            Words("经过第一人", "Through the first"),
            _share(found.top_one),
            Words("的接话有这个人参与", "of all turns touch this person"),
        ),
        Fact(
            Words("经过前三人", "Through the first three"),
            _share(found.top_three),
            Words("的接话有其中一人参与", "of all turns touch one of them"),
        ),
        Fact(
            Words("第一人离开后落单", "Alone without the first"),
            str(Words(f"{number(found.alone)} 人", number(found.alone))),
            Words("只和这个人有往来，没有别的关系", "have ties with this person only"),
        ),
    ]


def _share(value: float | None) -> str:
    return str(UNKNOWN) if value is None else f"{value * 100:.1f} %"


def _graph(found: Network, names: dict[int, str]) -> Chart:
    """The strongest people on a circle, the size telling how strong, staff in a colour and a class of their own."""
    kinds = [str(MEMBER_ROLES["member"]), str(MEMBER_ROLES["staff"])]
    nodes = _nodes(found, names)
    links = _links(found, {str(node["id"]) for node in nodes})
    series = {
        "type": "graph",
        "layout": "circular",
        "circular": {"rotateLabel": True},
        "categories": [{"name": kind} for kind in kinds],
        "data": nodes,
        "links": links,
        "label": {"show": True, "position": "right", "width": 80, "overflow": "truncate"},
        "lineStyle": {"curveness": 0.25, "color": "source"},
        "emphasis": {"focus": "adjacency"},
        "top": 110, "bottom": 90, "left": 80, "right": 80,
    }  # fmt: skip
    option = {
        "color": [PALETTE[0], PALETTE[1]],
        "aria": {"enabled": True},
        "legend": {
            "top": 0,
            "data": [kind for number, kind in enumerate(kinds) if any(node["category"] == number for node in nodes)],
        },
        "tooltip": {"confine": True},
        "series": [series],
    }
    return Chart("network", Words("谁和谁接话？", "Who takes turns with whom?"), option, _GRAPH_NOTE)


def _nodes(found: Network, names: dict[int, str]) -> list[dict[str, object]]:
    most = max((node.strength for node in found.nodes), default=1)
    return [
        {
            "id": str(node.member),
            "name": names[node.member],
            "value": node.strength,
            "category": int(node.role == "staff"),
            "symbolSize": round(6 + 18 * (node.strength / most) ** 0.5, 1),
        }
        for node in found.nodes[:DRAWN]
        if node.member in names
    ]


def _links(found: Network, drawn: set[str]) -> list[dict[str, object]]:
    strongest = max((tie.strength for tie in found.strongest), default=1)
    return [
        {
            "source": str(tie.one),
            "target": str(tie.other),
            "value": tie.strength,
            "lineStyle": {"width": round(0.3 + 6 * tie.strength / strongest, 2), "opacity": 0.5},
        }
        for tie in found.strongest
        if {str(tie.one), str(tie.other)} <= drawn
    ]


_GRAPH_NOTE = Words(
    f"接话最多的 {DRAWN} 人；点越大、线越粗，接话越多",
    f"The {DRAWN} with most turns; the larger the dot and the thicker the line, the more",
)
_SENTENCES = (
    Words(
        f"两个人在 {WITHIN} 分钟内先后说话、中间没有别人，算一次接话；有过接话的两个人算一条关系。"
        "按说话先后推断，不代表真的在回复对方。机器人和气氛组不计，运营人员单独标出。",
        f"Two people who speak within {WITHIN} minutes of one another with nobody in between take a turn; two with a turn have a tie. It is "
        "told from the order of talk and does not say that one answered the other. Bots and atmosphere accounts are left out, staff are marked.",
    ),
    Words(
        "“经过第一人”高、“落单”的人多，说明群靠一个人撑着：先让更多人互相认识。",
        "A high share through the first person and many who would be alone mean that the community hangs on one: let more people get to know each other.",
    ),
)
