"""World: the brand with its people settled in: everything there is before the first word is said."""

from __future__ import annotations

from dataclasses import dataclass

from qunyu.simulation.brand import BrandSpec
from qunyu.simulation.communities import Community, plan
from qunyu.simulation.crew import Crew, Hiring
from qunyu.simulation.cues import Cues, cues_of
from qunyu.simulation.joining import populate
from qunyu.simulation.people import Membership, Person, Town
from qunyu.simulation.purchases import Order, draw_orders
from qunyu.simulation.rhythm import Day, calendar


@dataclass(frozen=True, slots=True)
class World:
    """All people, memberships (by community number, in the order of joining) and orders of a brand."""

    spec: BrandSpec
    days: list[Day]
    communities: list[Community]
    crews: list[Crew]
    people: list[Person]
    members: list[list[Membership]]
    orders: list[Order]
    cues: Cues


def settle(spec: BrandSpec) -> World:
    """Draws the latent world of `spec`; memory grows with people and orders, not with what they say."""
    days, communities, town = calendar(spec.starts_on, spec.days), plan(spec), Town(spec.seed)
    hiring = Hiring(spec, town, days)
    crews = [hiring.crew(each) for each in communities]
    populate(spec, communities, days, town, {each.number: crews[each.number].owner for each in communities})
    for community in communities:
        hiring.intrude(community, crews[community.number])
    orders = draw_orders(spec, town, days)
    members: list[list[Membership]] = [[] for _ in communities]
    for person in town.people:
        for membership in person.memberships:
            members[membership.community.number].append(membership)
    for inside in members:
        inside.sort(key=lambda each: (each.joined_at, each.person.number))
    return World(spec, days, communities, crews, town.people, members, orders, cues_of(spec, orders))
