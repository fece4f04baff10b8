"""Points programmes and the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status
from ninja.files import UploadedFile
from ninja.params.functions import File

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.programme import person_of, programme_of
from qunyu.api.schemas.basics import Ref
from qunyu.api.schemas.points import (
    BalanceOut,
    EntryOut,
    EntryQuery,
    ExpiringOut,
    GiftIn,
    GivenOut,
    GivingPlanOut,
    LostQuery,
    ProgrammeIn,
    ProgrammeOut,
    ReasonIn,
    RuleIn,
    TotalsOut,
    balance_out,
    entry_out,
    giving_out,
    programme_out,
)
from qunyu.api.schemas.profiles import Done
from qunyu.api.uploads import looked_at
from qunyu.communities.duties import local_day
from qunyu.flows.points_table import Giving, check_gifts, give_all, undo_all
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.scope import Scope
from qunyu.loyalty import accounts, benefits, ledger, levels, programmes
from qunyu.members.queries import named_people
from qunyu.people.queries import unit_in

if TYPE_CHECKING:
    from qunyu.loyalty.models import Entry

router = Router(tags=["points"])
SHOWN = 200


@router.get("/points/programmes", response=list[ProgrammeOut], operation_id="points_programmes", summary="Programmes")
def list_programmes(request: HttpRequest) -> list[ProgrammeOut]:
    """The programmes that count in the caller's units, the highest unit first."""
    scope = scope_of_request(request)
    scope.require("members.view")
    return [programme_out(each) for each in programmes.programmes(scope)]


@router.put(
    "/units/{id}/points-programme",
    response=ProgrammeOut,
    operation_id="save_programme",
    summary="Set a unit’s programme",
)
def save_programme(request: HttpRequest, id: str, asked: ProgrammeIn) -> ProgrammeOut:
    """Begins or changes the programme of a unit. Needs settings.edit there."""
    scope = scope_of_request(request)
    unit = unit_in(scope, "settings.edit", id)
    told = {name: value for name, value in asked.model_dump().items() if value is not None}
    return programme_out(programmes.save_programme(by=scope, unit=unit, now=timezone.now(), told=told))


@router.put(
    "/points/programmes/{id}/rules/{rule}", response=ProgrammeOut, operation_id="set_points_rule", summary="Set an earning rule"
)  # fmt: skip
def set_rule(request: HttpRequest, id: str, rule: str, asked: RuleIn) -> ProgrammeOut:
    """Switches a rule on or off. Needs settings.edit in the programme's unit."""
    scope, programme = programme_of(request, id)
    setting = programmes.RuleSetting(asked.on, asked.figures, asked.since)
    programmes.set_rule(by=scope, programme=programme, rule=rule, setting=setting, now=timezone.now())
    return programme_out(programme)


@router.get("/points/programmes/{id}/totals", response=TotalsOut, operation_id="points_totals", summary="Totals")
def totals(request: HttpRequest, id: str) -> TotalsOut:
    """Issued, spent, expired, outstanding and owed, over the accounts the caller may see."""
    found = accounts.totals(*programme_of(request, id))
    return TotalsOut(accounts=found.accounts, outstanding=found.outstanding, owed=found.owed, kinds=found.kinds)


@router.get(
    "/points/programmes/{id}/expiring",
    response=Page[ExpiringOut],
    operation_id="points_expiring",
    summary="Expiring soon",
)
def expiring(request: HttpRequest, id: str, asked: Query[LostQuery]) -> dict[str, Any]:
    """Who loses points within the programme's days of notice, the soonest first; points of orders need orders.view."""
    scope, programme = programme_of(request, id)
    seen, today = accounts.shows_amounts(scope, programme), local_day(timezone.now())
    found = accounts.expiring(scope, programme, today, programme.notice_days, asked.search)
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("day", "public_id"))
    items = [
        ExpiringOut(member=Ref(id=each.public_id, name=each.name), day=each.day, points=each.lost if seen or not each.of_orders else None)
        for each in rows
    ]  # fmt: skip
    return {"items": items, "next": following}


@router.get(
    "/points/programmes/{id}/entries", response=Page[EntryOut], operation_id="points_entries", summary="The ledger"
)
def entries(request: HttpRequest, id: str, asked: Query[EntryQuery]) -> dict[str, Any]:
    """Every change of the points of people the caller may see, the latest first; what orders earned needs orders.view."""
    scope, programme = programme_of(request, id)
    found = accounts.search(accounts.entries(scope, programme), text=asked.search, kind=asked.kind)
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("-movement__at", "-pk"))
    return {"items": _entries(scope, rows), "next": following}


def _entries(scope: Scope, rows: list[Entry]) -> list[EntryOut]:
    heads = accounts.people_behind(rows)
    named = named_people(scope, set(heads.values()))

    def ref(row: Entry) -> Ref | None:
        key = heads.get(row.account.member_id or 0) if row.account else None
        told = named.get(key) if key is not None else None
        return Ref(id=told[0], name=told[1]) if told else None

    return [entry_out(row, ref(row), accounts.shows_amount(scope, row.movement)) for row in rows]


@router.post(
    "/points/movements/{id}/reverse", response=Ref, operation_id="reverse_points", summary="Reverse a movement"
)
def reverse(request: HttpRequest, id: str, asked: ReasonIn) -> Ref:
    """Takes back what was given or taken by hand. Needs points.edit where the person belongs."""
    scope = scope_of_request(request)
    scope.require("members.view")
    movement = accounts.find_movement(scope, id)
    back = ledger.reverse(by=scope, movement=movement, reason=asked.reason, now=timezone.now())
    return Ref(id=back.public_id, name=back.reason)


@router.get("/members/{id}/points", response=list[BalanceOut], operation_id="points", summary="A person’s points")
def get_points(request: HttpRequest, id: str) -> list[BalanceOut]:
    """Balance, level and benefits of a person in each programme."""
    scope, member = person_of(request, id)
    today = local_day(timezone.now())
    found = []
    for each in accounts.balances(scope, member, today):
        standing = levels.standings_of(member).filter(programme=each.programme).first()
        rights = [right.benefit.name for right in benefits.rights_of(each.programme, member, today)]
        level, until = (standing.level, standing.until) if standing else (None, None)
        found.append(balance_out(each, level, until, rights))
    return found


@router.post("/members/{id}/points", response={201: Ref}, operation_id="give_points", summary="Give or take points")
def give(request: HttpRequest, id: str, asked: GiftIn) -> Status[Ref]:
    """Gives or takes points. Needs points.edit where the person belongs."""
    scope, member = person_of(request, id)
    programme = programmes.find_programme(scope, asked.programme)
    gift = ledger.Gift(asked.points, asked.reason, asked.key)
    done = ledger.move(by=scope, programme=programme, member=member, gift=gift, now=timezone.now())
    return Status(201, Ref(id=done.public_id, name=done.reason))


def _planned(scope: Scope, file: UploadedFile) -> list[Giving]:
    with looked_at(file) as path:
        return check_gifts(by=scope, name=path.name, data=path.read_bytes())


@router.post(
    "/points/programmes/{id}/tables/check", response=GivingPlanOut, operation_id="check_points_table", summary="What a table of points would give"
)  # fmt: skip
def check_table(
    request: HttpRequest,
    id: str,
    file: UploadedFile = File(...),  # noqa: B008
) -> GivingPlanOut:
    """Reads a table of points (CSV or XLSX: member_id or platform_id, points, reason) and says what is wrong, without writing anything."""
    scope, _ = programme_of(request, id)
    found = _planned(scope, file)
    ordered = sorted(found, key=lambda each: each.problem is None)
    return GivingPlanOut(
        lines=len(found),
        wrong=sum(each.problem is not None for each in found),
        given=sum(each.points for each in found if each.points > 0),
        taken=-sum(each.points for each in found if each.points < 0),
        rows=[giving_out(each, each.problem) for each in ordered[:SHOWN]],
    )


@router.post(
    "/points/programmes/{id}/tables", response={201: GivenOut}, operation_id="import_points_table", summary="Points for many"
)  # fmt: skip
def import_table(
    request: HttpRequest,
    id: str,
    file: UploadedFile = File(...),  # noqa: B008
) -> Status[GivenOut]:
    """Gives and takes what a table says; refused as a whole where a line is wrong. Needs points.edit where the people belong."""
    scope, programme = programme_of(request, id)
    gifts, act = _planned(scope, file), new_public_id()
    refused = give_all(by=scope, programme=programme, act=act, gifts=gifts, now=timezone.now())
    left = [giving_out(each, why) for each, why in refused]
    return Status(201, GivenOut(act=act, lines=len(gifts) - len(refused), refused=left))


@router.delete("/points/acts/{act}", response=Done, operation_id="undo_points_table", summary="Take a table back")
def undo_table(request: HttpRequest, act: str) -> Done:
    """Reverses what a table gave; what is spent by now is owed. Needs points.edit where the people belong."""
    scope = scope_of_request(request)
    scope.require("members.view")
    scope.require("points.edit")
    return Done(changed=undo_all(by=scope, act=act, now=timezone.now()))
