"""Actions: writes a simulated brand into a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qunyu.simulation.brand import BrandSpec
from qunyu.simulation.truth import write_communities, write_truth
from qunyu.simulation.world import settle
from qunyu.simulation.write import INTENTS, sheet, write_chat, write_costs, write_members, write_orders


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written: `people` are ordinary members, each counted once; `lines` are messages, comings and goings."""

    communities: int
    people: int
    memberships: int
    messages: int
    lines: int
    orders: int
    cost_rows: int


def generate(brand: BrandSpec, folder: Path) -> Summary:
    """Writes the brand into `folder` (made when missing, files of the same name replaced); the same spec gives the
    same bytes.

    For the import: chats/<platform>/<community>.csv, members.csv, orders.csv, costs.csv, communities.json. For scoring:
    truth.json and truth_messages.csv (what single messages are meant as). Memory grows with people, not with messages.
    Raises OSError when the folder cannot be written.
    """
    world = settle(brand)
    with sheet(folder / "truth_messages.csv", INTENTS) as intents:
        said = [write_chat(world, each, folder, intents) for each in world.communities]
    memberships, orders = write_members(world, folder), write_orders(world, folder)
    cost_rows = write_costs(world, folder)
    write_communities(world, folder)
    write_truth(world, said, folder)
    return Summary(
        communities=len(world.communities),
        people=sum(each.role == "member" and not each.intruder and bool(each.memberships) for each in world.people),
        memberships=memberships,
        messages=sum(each.messages for each in said),
        lines=sum(each.lines for each in said),
        orders=orders,
        cost_rows=cost_rows,
    )
