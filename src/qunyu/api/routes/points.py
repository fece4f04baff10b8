"""Points programmes, the ledger, levels, benefits, rewards and VIP communities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.basics import Ref
from qunyu.api.schemas.points import (
    BalanceOut,
    BenefitOut,
    EntryOut,
    EntryQuery,
    ExpiringOut,
    FeeIn,
    FeeOut,
    GiftIn,
    LevelGrantIn,
    LevelIn,
    LevelOut,
    MovesOut,
    ProgrammeIn,
    ProgrammeOut,
    ReasonIn,
    RedeemIn,
    RedemptionChanges,
    RedemptionOut,
    RedemptionQuery,
    RewardOut,
    RuleIn,
    TotalsOut,
    UseIn,
    VipOut,
    balance_out,
    benefit_out,
    entry_out,
    level_out,
    programme_out,
    redemption_out,
    reward_out,
    vip_out,
)
from qunyu.communities.duties import local_day
from qunyu.kernel.scope import Scope
from qunyu.loyalty import accounts, benefits, ledger, levels, programmes, rewards, vip
from qunyu.loyalty.levels import Given, Rung, bar
from qunyu.members.queries import find_person, named_people
from qunyu.people.queries import unit_in

if TYPE_CHECKING:
    from qunyu.loyalty.models import Entry, Programme
    from qunyu.members.models import Member

router = Router(tags=["points"])


def _programme(request: HttpRequest, id: str) -> tuple[Scope, Programme]:
    scope = scope_of_request(request)
    scope.require("members.view")
    return scope, programmes.find_programme(scope, id)


def _person(request: HttpRequest, id: str) -> tuple[Scope, Member]:
    scope = scope_of_request(request)
    scope.require("members.view")
    return scope, find_person(scope, id)


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
    scope, programme = _programme(request, id)
    setting = programmes.RuleSetting(asked.on, asked.figures, asked.since)
    programmes.set_rule(by=scope, programme=programme, rule=rule, setting=setting, now=timezone.now())
    return programme_out(programme)


@router.get("/points/programmes/{id}/totals", response=TotalsOut, operation_id="points_totals", summary="Totals")
def totals(request: HttpRequest, id: str) -> TotalsOut:
    """Issued, spent, expired, outstanding and owed, over the accounts the caller may see."""
    found = accounts.totals(*_programme(request, id))
    return TotalsOut(accounts=found.accounts, outstanding=found.outstanding, owed=found.owed, kinds=found.kinds)


@router.get(
    "/points/programmes/{id}/expiring",
    response=list[ExpiringOut],
    operation_id="points_expiring",
    summary="Expiring soon",
)
def expiring(request: HttpRequest, id: str) -> list[ExpiringOut]:
    """Who loses points within the programme's days of notice, the soonest first."""
    scope, programme = _programme(request, id)
    found = accounts.expiring(scope, programme, local_day(timezone.now()), programme.notice_days)
    return [ExpiringOut(member=Ref(id=e.public_id, name=e.name), day=e.day, points=e.points) for e in found]


@router.get(
    "/points/programmes/{id}/entries", response=Page[EntryOut], operation_id="points_entries", summary="The ledger"
)
def entries(request: HttpRequest, id: str, asked: Query[EntryQuery]) -> dict[str, Any]:
    """Every change of the points of people the caller may see, the latest first; what orders earned needs orders.view."""
    scope, programme = _programme(request, id)
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
    scope, member = _person(request, id)
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
    scope, member = _person(request, id)
    programme = programmes.find_programme(scope, asked.programme)
    gift = ledger.Gift(asked.points, asked.reason, asked.key)
    done = ledger.move(by=scope, programme=programme, member=member, gift=gift, now=timezone.now())
    return Status(201, Ref(id=done.public_id, name=done.reason))


@router.get("/points/programmes/{id}/levels", response=list[LevelOut], operation_id="levels_of", summary="The ladder")
def list_levels(request: HttpRequest, id: str) -> list[LevelOut]:
    """The levels from the lowest up."""
    _, programme = _programme(request, id)
    return [level_out(each, each.people) for each in levels.levels(programme)]  # type: ignore[attr-defined]


def _rung(asked: LevelIn) -> Rung:
    bars, keep = ([bar(each.kind, each.least, each.currency) for each in told] for told in (asked.bars, asked.keep))
    return Rung(asked.name, bars, keep, asked.every, asked.months)


@router.post(
    "/points/programmes/{id}/levels", response={201: LevelOut}, operation_id="add_level", summary="Add a level on top"
)
def add_level(request: HttpRequest, id: str, asked: LevelIn) -> Status[LevelOut]:
    """Adds a level. Needs settings.edit in the programme's unit."""
    scope, programme = _programme(request, id)
    made = levels.save_level(by=scope, programme=programme, level=None, rung=_rung(asked), now=timezone.now())
    return Status(201, level_out(made, 0))


@router.put(
    "/points/programmes/{id}/levels/{level}", response=LevelOut, operation_id="change_level", summary="Change a level"
)
def change_level(request: HttpRequest, id: str, level: str, asked: LevelIn) -> LevelOut:
    """Changes a level; everybody is looked at in the night. Needs settings.edit in the programme's unit."""
    scope, programme = _programme(request, id)
    row = levels.find_level(programme, level)
    saved = levels.save_level(by=scope, programme=programme, level=row, rung=_rung(asked), now=timezone.now())
    return level_out(saved, saved.standings.count())


@router.post(
    "/points/programmes/{id}/levels/{level}/preview", response=MovesOut, operation_id="preview_level", summary="What a level would move"
)  # fmt: skip
def preview_level(request: HttpRequest, id: str, level: str, asked: LevelIn) -> MovesOut:
    """How many would come up and go down; writes nothing. Needs settings.edit in the programme's unit."""
    scope, programme = _programme(request, id)
    scope.require("settings.edit", programme.unit_id)
    row = levels.find_level(programme, level)
    found = levels.try_level(programme, row, _rung(asked), local_day(timezone.now()))
    places: dict[int | None, int] = {each.pk: each.position for each in levels.levels(programme)}
    up, down, same = (found.count(places, way) for way in (1, -1, 0))
    return MovesOut(people=found.people, up=up, down=down, same=same)


@router.post("/members/{id}/levels", response={201: Ref}, operation_id="give_level", summary="Give a level by hand")
def give_level(request: HttpRequest, id: str, asked: LevelGrantIn) -> Status[Ref]:
    """Gives a level until a day. Needs points.edit where the person belongs."""
    scope, member = _person(request, id)
    level = levels.find_level(programmes.find_programme(scope, asked.programme), asked.level)
    given = Given(asked.reason, asked.until)
    row = levels.give_level(by=scope, level=level, member=member, given=given, now=timezone.now())
    return Status(201, Ref(id=row.public_id, name=level.name))


@router.get("/points/programmes/{id}/benefits", response=list[BenefitOut], operation_id="benefits", summary="Benefits")
def list_benefits(request: HttpRequest, id: str) -> list[BenefitOut]:
    """The benefits with their levels and tiers."""
    _, programme = _programme(request, id)
    return [benefit_out(each) for each in benefits.benefits(programme)]


@router.post(
    "/members/{id}/benefits", response={201: Ref}, operation_id="use_benefit", summary="Note a use of a benefit"
)
def use_benefit(request: HttpRequest, id: str, asked: UseIn) -> Status[Ref]:
    """Notes one use, within the quota. Needs points.edit where the person belongs."""
    scope, member = _person(request, id)
    benefit = benefits.find_benefit(programmes.find_programme(scope, asked.programme), asked.benefit)
    benefits.use_benefit(by=scope, benefit=benefit, member=member, note=asked.note, now=timezone.now())
    return Status(201, Ref(id=benefit.public_id, name=benefit.name))


@router.get("/points/programmes/{id}/rewards", response=list[RewardOut], operation_id="rewards", summary="Rewards")
def list_rewards(request: HttpRequest, id: str) -> list[RewardOut]:
    """What points can be redeemed for, the cheapest first."""
    _, programme = _programme(request, id)
    return [reward_out(each, each.taken) for each in rewards.rewards(programme)]  # type: ignore[attr-defined]


@router.post(
    "/members/{id}/redemptions", response={201: RedemptionOut}, operation_id="redeem", summary="Redeem a reward"
)
def redeem(request: HttpRequest, id: str, asked: RedeemIn) -> Status[RedemptionOut]:
    """Redeems a reward for somebody. Needs points.edit where the person belongs."""
    scope, member = _person(request, id)
    reward = rewards.find_reward(programmes.find_programme(scope, asked.programme), asked.reward)
    told = {"note": asked.note, "key": asked.key}
    return Status(
        201, redemption_out(rewards.redeem(by=scope, reward=reward, member=member, now=timezone.now(), **told))
    )


@router.get("/points/redemptions", response=Page[RedemptionOut], operation_id="redemptions", summary="Redemptions")
def list_redemptions(request: HttpRequest, asked: Query[RedemptionQuery]) -> dict[str, Any]:
    """The redemptions of people the caller may see, the latest first."""
    scope = scope_of_request(request)
    scope.require("members.view")
    found = rewards.redemptions(scope)
    found = found.filter(state=asked.state) if asked.state else found
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("-at", "-pk"))
    return {"items": [redemption_out(each) for each in rows], "next": following}


@router.patch(
    "/points/redemptions/{id}", response=RedemptionOut, operation_id="end_redemption", summary="Hand over or cancel"
)
def end_redemption(request: HttpRequest, id: str, asked: RedemptionChanges) -> RedemptionOut:
    """Notes that the reward was handed over, or gives points and stock back. Needs points.edit where the person belongs."""
    scope = scope_of_request(request)
    scope.require("members.view")
    row = rewards.find_redemption(scope, id)
    if asked.state == "handed":
        rewards.hand_over(by=scope, redemption=row, now=timezone.now())
    else:
        rewards.cancel(by=scope, redemption=row, reason=asked.reason, now=timezone.now())
    return redemption_out(rewards.find_redemption(scope, id))


@router.get("/points/vip", response=list[VipOut], operation_id="vip", summary="VIP communities")
def list_vip(request: HttpRequest) -> list[VipOut]:
    """The VIP communities whose people the caller may see, with their lists."""
    scope = scope_of_request(request)
    scope.require("members.view")
    today = local_day(timezone.now())
    return [vip_out(vip.door(scope, each, today)) for each in vip.vip_communities(scope)]


@router.post("/members/{id}/vip-fees", response={201: FeeOut}, operation_id="note_vip_fee", summary="Note a year’s fee")
def note_fee(request: HttpRequest, id: str, asked: FeeIn) -> Status[FeeOut]:
    """Notes the fee of a year. Needs points.edit where the person belongs."""
    scope, member = _person(request, id)
    paid = vip.Paid(asked.on, asked.order_number, asked.note)
    found = vip.find_vip(scope, asked.community)
    row = vip.note_fee(by=scope, vip=found, member=member, paid=paid, now=timezone.now())
    community = Ref(id=found.community.public_id, name=found.community.name)
    told: dict[str, Any] = {name: getattr(row, name) for name in ("paid_on", "until", "amount", "currency")}
    return Status(201, FeeOut(community=community, **told))
