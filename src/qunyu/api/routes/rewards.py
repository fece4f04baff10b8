"""Benefits, rewards, and what was redeemed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.programme import person_of, programme_of
from qunyu.api.schemas.basics import Ref
from qunyu.api.schemas.rewards import (
    BenefitIn,
    BenefitOut,
    BenefitUseOut,
    OfferState,
    RedeemIn,
    RedemptionChanges,
    RedemptionOut,
    RedemptionQuery,
    RewardIn,
    RewardOut,
    UseIn,
    UseQuery,
    benefit_out,
    redemption_out,
    reward_out,
    use_out,
)
from qunyu.loyalty import benefits, levels, programmes, rewards

if TYPE_CHECKING:
    from qunyu.loyalty.models import Programme

router = Router(tags=["points"])


@router.get("/points/programmes/{id}/benefits", response=list[BenefitOut], operation_id="benefits", summary="Benefits")
def list_benefits(request: HttpRequest, id: str) -> list[BenefitOut]:
    """The benefits with their levels and tiers."""
    _, programme = programme_of(request, id)
    return [benefit_out(each) for each in benefits.benefits(programme)]


@router.post(
    "/members/{id}/benefits", response={201: Ref}, operation_id="use_benefit", summary="Note a use of a benefit"
)
def use_benefit(request: HttpRequest, id: str, asked: UseIn) -> Status[Ref]:
    """Notes one use, within the quota. Needs points.edit where the person belongs."""
    scope, member = person_of(request, id)
    benefit = benefits.find_benefit(programmes.find_programme(scope, asked.programme), asked.benefit)
    benefits.use_benefit(by=scope, benefit=benefit, member=member, note=asked.note, now=timezone.now())
    return Status(201, Ref(id=benefit.public_id, name=benefit.name))


@router.get("/points/programmes/{id}/rewards", response=list[RewardOut], operation_id="rewards", summary="Rewards")
def list_rewards(request: HttpRequest, id: str) -> list[RewardOut]:
    """What points can be redeemed for, the cheapest first."""
    _, programme = programme_of(request, id)
    return [reward_out(each, each.taken) for each in rewards.rewards(programme)]  # type: ignore[attr-defined]


@router.post(
    "/members/{id}/redemptions", response={201: RedemptionOut}, operation_id="redeem", summary="Redeem a reward"
)
def redeem(request: HttpRequest, id: str, asked: RedeemIn) -> Status[RedemptionOut]:
    """Redeems a reward for somebody. Needs points.edit where the person belongs."""
    scope, member = person_of(request, id)
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


def _offer(programme: Programme, asked: BenefitIn) -> benefits.Offer:
    told = asked.model_dump()
    told["levels"] = [levels.find_level(programme, each).pk for each in asked.levels]
    return benefits.Offer(**told)


@router.post(
    "/points/programmes/{id}/benefits", response={201: BenefitOut}, operation_id="add_benefit", summary="Add a benefit"
)
def add_benefit(request: HttpRequest, id: str, asked: BenefitIn) -> Status[BenefitOut]:
    """Adds a benefit. Needs settings.edit in the programme's unit."""
    scope, programme = programme_of(request, id)
    offer = _offer(programme, asked)
    made = benefits.save_benefit(by=scope, programme=programme, benefit=None, offer=offer, now=timezone.now())
    return Status(201, benefit_out(made))


@router.put(
    "/points/programmes/{id}/benefits/{benefit}", response=BenefitOut, operation_id="change_benefit", summary="Change a benefit"
)  # fmt: skip
def change_benefit(request: HttpRequest, id: str, benefit: str, asked: BenefitIn) -> BenefitOut:
    """Replaces what a benefit is; its uses stay. Needs settings.edit in the programme's unit."""
    scope, programme = programme_of(request, id)
    row, offer = benefits.find_benefit(programme, benefit), _offer(programme, asked)
    saved = benefits.save_benefit(by=scope, programme=programme, benefit=row, offer=offer, now=timezone.now())
    return benefit_out(saved)


@router.patch(
    "/points/programmes/{id}/benefits/{benefit}", response=BenefitOut, operation_id="archive_benefit", summary="Retire a benefit"
)  # fmt: skip
def archive_benefit(request: HttpRequest, id: str, benefit: str, asked: OfferState) -> BenefitOut:
    """Takes a benefit off the offer, or puts it back; its uses stay. Needs settings.edit in the programme's unit."""
    scope, programme = programme_of(request, id)
    row = benefits.find_benefit(programme, benefit)
    benefits.archive_benefit(by=scope, benefit=row, archived=asked.archived, now=timezone.now())
    return benefit_out(benefits.find_benefit(programme, benefit))


@router.get(
    "/points/programmes/{id}/benefit-uses", response=Page[BenefitUseOut], operation_id="benefit_uses", summary="Uses of benefits"
)  # fmt: skip
def list_uses(request: HttpRequest, id: str, asked: Query[UseQuery]) -> dict[str, Any]:
    """Who of the people the caller may see used which benefit, the latest first."""
    scope, programme = programme_of(request, id)
    found = benefits.uses(scope, programme, text=asked.search, benefit=asked.benefit)
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("-at", "-pk"))
    return {"items": [use_out(each) for each in rows], "next": following}


def _prize(programme: Programme, asked: RewardIn) -> rewards.Prize:
    told = asked.model_dump()
    told["level"] = levels.find_level(programme, asked.level) if asked.level else None
    if "seen" not in asked.model_fields_set:
        told.pop("seen")
    return rewards.Prize(**told)


@router.post(
    "/points/programmes/{id}/rewards", response={201: RewardOut}, operation_id="add_reward", summary="Add a reward"
)
def add_reward(request: HttpRequest, id: str, asked: RewardIn) -> Status[RewardOut]:
    """Adds a reward. Needs settings.edit in the programme's unit."""
    scope, programme = programme_of(request, id)
    prize = _prize(programme, asked)
    made = rewards.save_reward(by=scope, programme=programme, reward=None, prize=prize, now=timezone.now())
    return Status(201, reward_out(made, 0))


@router.put(
    "/points/programmes/{id}/rewards/{reward}", response=RewardOut, operation_id="change_reward", summary="Change a reward"
)  # fmt: skip
def change_reward(request: HttpRequest, id: str, reward: str, asked: RewardIn) -> RewardOut:
    """Replaces what a reward is. With `seen` the stock changes only where it is still that. Needs settings.edit in the programme's unit."""
    scope, programme = programme_of(request, id)
    row, prize = rewards.find_reward(programme, reward), _prize(programme, asked)
    rewards.save_reward(by=scope, programme=programme, reward=row, prize=prize, now=timezone.now())
    return _reward(programme, reward)


@router.patch(
    "/points/programmes/{id}/rewards/{reward}", response=RewardOut, operation_id="archive_reward", summary="Retire a reward"
)  # fmt: skip
def archive_reward(request: HttpRequest, id: str, reward: str, asked: OfferState) -> RewardOut:
    """Takes a reward off the offer, or puts it back. Needs settings.edit in the programme's unit."""
    scope, programme = programme_of(request, id)
    row = rewards.find_reward(programme, reward)
    rewards.archive_reward(by=scope, reward=row, archived=asked.archived, now=timezone.now())
    return _reward(programme, reward)


def _reward(programme: Programme, public_id: str) -> RewardOut:
    row = rewards.rewards(programme, archived=True).get(public_id=public_id)
    return reward_out(row, row.taken)  # type: ignore[attr-defined]
