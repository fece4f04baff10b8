"""Life: the days of one community, yielded as its lines in the order of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from qunyu.simulation.brand import BrandSpec
from qunyu.simulation.communities import Community
from qunyu.simulation.crew import Crew
from qunyu.simulation.cues import Cues
from qunyu.simulation.joining import DAY
from qunyu.simulation.people import Membership
from qunyu.simulation.rhythm import Day
from qunyu.simulation.room import Line, Room
from qunyu.simulation.routine import routine
from qunyu.simulation.scenes import arrive, depart, follow, intrude
from qunyu.simulation.talk import chatter, check_ins

Gates = dict[int, list[Membership]]


def live(
    spec: BrandSpec, community: Community, crew: Crew, members: list[Membership], days: list[Day], cues: Cues
) -> Iterator[tuple[Day, list[Line]]]:
    """Day by day, what is said and who comes and goes; no more than one day is held at a time."""
    ordinary = [each for each in members if each.role == "member" and not each.person.intruder]
    joins, leaves = _gates(community, members, spec.days)
    room = Room(spec, community, crew, ordinary)
    late: list[Line] = []
    for day in days:
        room.lines = late if community.open_on(day.index) else []
        if community.open_on(day.index):
            room.turn(day)
            _day(room, joins[day.index], cues)
            room.end()
        for member in leaves[day.index]:
            depart(room, member)
        end = (day.index + 1) * DAY
        late = [line for line in room.lines if line.second >= end]
        yield day, sorted((line for line in room.lines if line.second < end and _said(line)), key=_second)


def _second(line: Line) -> int:
    return line.second


def _day(room: Room, arrivals: list[Membership], cues: Cues) -> None:
    for member in arrivals:
        arrive(room, member)
    intrude(room)
    routine(room)
    for cue in cues.get((room.community.number, room.day.index), ()):
        follow(room, cue)
    quota = room.expected * room.random.gammavariate(25, 1 / 25)
    if room.community.design.theme == "morning":
        check_ins(room, quota * 0.4)
    missing = quota - _said_by_members(room)
    if missing > room.chance():
        chatter(room, missing)


def _said_by_members(room: Room) -> int:
    end = (room.day.index + 1) * DAY
    return sum(
        line.second < end
        and line.kind == "message"
        and line.author.role == "member"
        and not line.author.person.intruder
        for line in room.lines
    )


def _gates(community: Community, members: list[Membership], days: int) -> tuple[Gates, Gates]:
    """Who comes and who goes by themselves, by day; not intruders put out, nor those a dissolved community held."""
    joins, leaves = defaultdict(list), defaultdict(list)
    closing = community.closes * DAY + 21 * 3_600 + 1_800
    for member in members:
        if member.joined_at >= 0:
            joins[member.joined_at // DAY].append(member)
        going = member.left_at is not None and member.left_at < min(closing, days * DAY)
        if member.left_at is not None and going and not member.person.intruder:
            leaves[member.left_at // DAY].append(member)
    return joins, leaves


def _said(line: Line) -> bool:
    """Nobody speaks before they came or after they went."""
    author = line.author
    if line.kind != "message":
        return True
    return author.joined_at <= line.second and (author.left_at is None or line.second <= author.left_at)
