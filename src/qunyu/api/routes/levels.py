"""Levels: the ladder of a programme, who stands where, and levels given by hand."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from qunyu.api.paging import Page, Turn, page
from qunyu.api.programme import person_of, programme_of
from qunyu.api.schemas.basics import Ref
from qunyu.api.schemas.levels import (
    LadderIn,
    LevelGrantIn,
    LevelIn,
    LevelOut,
    MovesOut,
    StandingOut,
    StandingQuery,
    level_out,
    standing_out,
)
from qunyu.communities.duties import local_day
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.loyalty import levels, programmes
from qunyu.loyalty.levels import Given, Rung, bar

router = Router(tags=["points"])


@router.get("/points/programmes/{id}/levels", response=list[LevelOut], operation_id="levels_of", summary="The ladder")
def list_levels(request: HttpRequest, id: str) -> list[LevelOut]:
    """The levels from the lowest up."""
    _, programme = programme_of(request, id)
    return [level_out(each, each.people) for each in levels.levels(programme)]  # type: ignore[attr-defined]


def _rung(asked: LevelIn) -> Rung:
    bars, keep = ([bar(each.kind, each.least, each.currency) for each in told] for told in (asked.bars, asked.keep))
    return Rung(asked.name, bars, keep, asked.every, asked.months)


@router.post(
    "/points/programmes/{id}/levels", response={201: LevelOut}, operation_id="add_level", summary="Add a level on top"
)
def add_level(request: HttpRequest, id: str, asked: LevelIn) -> Status[LevelOut]:
    """Adds a level. Needs settings.edit in the programme's unit."""
    scope, programme = programme_of(request, id)
    made = levels.save_level(by=scope, programme=programme, level=None, rung=_rung(asked), now=timezone.now())
    return Status(201, level_out(made, 0))


@router.put(
    "/points/programmes/{id}/levels/{level}", response=LevelOut, operation_id="change_level", summary="Change a level"
)
def change_level(request: HttpRequest, id: str, level: str, asked: LevelIn) -> LevelOut:
    """Changes a level; everybody is looked at in the night. Needs settings.edit in the programme's unit."""
    scope, programme = programme_of(request, id)
    row = levels.find_level(programme, level)
    saved = levels.save_level(by=scope, programme=programme, level=row, rung=_rung(asked), now=timezone.now())
    return level_out(saved, saved.standings.count())


@router.post(
    "/points/programmes/{id}/levels/{level}/preview", response=MovesOut, operation_id="preview_level", summary="What a level would move"
)  # fmt: skip
def preview_level(request: HttpRequest, id: str, level: str, asked: LevelIn) -> MovesOut:
    """How many would come up and go down; writes nothing. Needs settings.edit in the programme's unit."""
    scope, programme = programme_of(request, id)
    scope.require("settings.edit", programme.unit_id)
    row = levels.find_level(programme, level)
    found = levels.try_level(programme, row, _rung(asked), local_day(timezone.now()))
    places: dict[int | None, int] = {each.pk: each.position for each in levels.levels(programme)}
    up, down, same = (found.count(places, way) for way in (1, -1, 0))
    return MovesOut(people=found.people, up=up, down=down, same=same)


@router.post("/members/{id}/levels", response={201: Ref}, operation_id="give_level", summary="Give a level by hand")
def give_level(request: HttpRequest, id: str, asked: LevelGrantIn) -> Status[Ref]:
    """Gives a level until a day. Needs points.edit where the person belongs."""
    scope, member = person_of(request, id)
    level = levels.find_level(programmes.find_programme(scope, asked.programme), asked.level)
    given = Given(asked.reason, asked.until)
    row = levels.give_level(by=scope, level=level, member=member, given=given, now=timezone.now())
    return Status(201, Ref(id=row.public_id, name=level.name))


@router.delete(
    "/points/programmes/{id}/levels/{level}", response={204: None}, operation_id="remove_level", summary="Remove a level"
)  # fmt: skip
def remove_level(request: HttpRequest, id: str, level: str) -> Status[None]:
    """Removes a level that nobody stands on and nothing speaks of. Needs settings.edit in the programme's unit."""
    scope, programme = programme_of(request, id)
    levels.remove_level(by=scope, level=levels.find_level(programme, level), now=timezone.now())
    return Status(204, None)


@router.put(
    "/points/programmes/{id}/ladder", response=list[LevelOut], operation_id="order_levels", summary="Order the ladder"
)
def order_levels(request: HttpRequest, id: str, asked: LadderIn) -> list[LevelOut]:
    """Puts the levels in that order from the lowest up; everybody is looked at in the night. Needs settings.edit in the programme's unit."""
    scope, programme = programme_of(request, id)
    levels.order_levels(by=scope, programme=programme, order=asked.levels, now=timezone.now())
    return [level_out(each, each.people) for each in levels.levels(programme)]  # type: ignore[attr-defined]


@router.get(
    "/points/programmes/{id}/standings", response=Page[StandingOut], operation_id="standings", summary="Who stands where"
)  # fmt: skip
def list_standings(request: HttpRequest, id: str, asked: Query[StandingQuery]) -> dict[str, Any]:
    """Who of the people the caller may see stands on which level, since when and why, by name."""
    scope, programme = programme_of(request, id)
    found = levels.standings(scope, programme, text=asked.search, level=asked.level)
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("member__name", "pk"))
    return {"items": [standing_out(scope, each) for each in rows], "next": following}


@router.delete(
    "/members/{id}/levels/{grant}", response={204: None}, operation_id="end_level", summary="End a level given by hand"
)
def end_level(request: HttpRequest, id: str, grant: str) -> Status[None]:
    """Ends a level given by hand; the bars decide again. Needs points.edit where the person belongs."""
    scope, member = person_of(request, id)
    today = local_day(timezone.now())
    row = next((each for each in levels.grants_of(scope, member, today) if each.public_id == grant), None)
    if row is None:
        words = Words("没有编号为“{id}”的手工等级", "no level was given by hand with the id “{id}”")
        raise DomainError("unknown_grant", words.fill(id=grant), id=grant)
    levels.end_grant(by=scope, grant=row, member=member, now=timezone.now())
    return Status(204, None)
