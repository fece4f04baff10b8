"""Labels: what is said of members, by which thresholds, and what other thresholds would move."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from ninja import Field, Schema

from qunyu.api.schemas.basics import Ref, Text, ref_of
from qunyu.insights.advice import Advice
from qunyu.insights.label import Label, Threshold
from qunyu.insights.labelling import Moves
from qunyu.members.advice import Advised
from qunyu.members.labels import Told

if TYPE_CHECKING:
    from qunyu.communities.models import Community


class ValueOut(Schema):
    """One value of a label. `people` is how many of who is in the communities asked for has it now."""

    value: str
    title: str
    meaning: str
    people: int


class ThresholdOut(Schema):
    """A number that a label's rules compare with."""

    key: str
    title: str
    unit: str
    default: float
    least: float
    most: float
    whole: bool


class LabelOut(Schema):
    """A label, in the language asked for. A `reference` is a published formula of others, for comparison."""

    label: str
    title: str
    question: str
    definition: str
    source: str
    reference: bool
    values: list[ValueOut]
    thresholds: list[ThresholdOut]


class LabelsOut(Schema):
    """Every label the caller may know. `as_of` is the last day of data behind them, null before the first computation."""

    as_of: date | None
    computed_at: datetime | None
    labels: list[LabelOut]


class LabelsQuery(Schema):
    """Whose labels are counted."""

    communities: list[Text] = Field([], description="public ids; all the caller may see when empty")


class ToldOut(Schema):
    """What a label says of one member. `until` is null while it still does; `reason` where it rests on what the caller may not see."""

    label: str
    value: str
    title: str
    since: date
    until: date | None
    reason: str | None


class InForce(Schema):
    """One threshold as it holds in a unit: `own` is null where it is inherited, `source` the unit that set it, null for the default."""

    key: str
    value: float
    own: float | None
    source: Ref | None


class ThresholdsOut(Schema):
    """The thresholds of one unit."""

    unit: Ref
    thresholds: list[InForce]


class ThresholdsIn(Schema):
    """Thresholds to set by key; null inherits again, what is not named stays."""

    changes: dict[str, float | None] = Field(max_length=100)


class MoveOut(Schema):
    """How many people would go from one value to another; `before` is null for who is not labelled yet."""

    label: str
    before: str | None
    after: str
    people: int


class OverlapOut(Schema):
    """How many people get `value` although the later rule of `also` holds as well."""

    label: str
    value: str
    also: str
    people: int


class PreviewOut(Schema):
    """What a change would do; `empty` lists the values that nobody would have."""

    people: int
    moves: list[MoveOut]
    empty: list[str]
    overlaps: list[OverlapOut]


def label_out(label: Label, counts: dict[str, int]) -> LabelOut:
    """The label as the API shows it, in the active language."""
    return LabelOut(
        label=label.key,
        title=str(label.title),
        question=str(label.question),
        definition=str(label.definition),
        source=label.source,
        reference=label.reference,
        values=[
            ValueOut(value=each.code, title=str(each.title), meaning=str(each.meaning), people=counts[each.code])
            for each in label.values
        ],
        thresholds=[_threshold_out(each) for each in label.thresholds],
    )


def _threshold_out(threshold: Threshold) -> ThresholdOut:
    return ThresholdOut(
        key=threshold.key,
        title=str(threshold.title),
        unit=str(threshold.unit),
        default=threshold.default,
        least=threshold.least,
        most=threshold.most,
        whole=threshold.whole,
    )


def told_out(label: Label, told: Told) -> ToldOut:
    """What a label says of somebody, in the active language."""
    return ToldOut(
        label=told.key,
        value=told.value,
        title=str(label.value(told.value).title),
        since=told.since,
        until=told.until,
        reason=None if told.reason is None else str(told.reason),
    )


def preview_out(moves: Moves) -> PreviewOut:
    """What a change would do."""
    return PreviewOut(
        people=moves.people,
        moves=[
            MoveOut(label=key, before=before, after=after, people=count)
            for key, found in moves.moves.items()
            for (before, after), count in sorted(found.items(), key=str)
            if before != after
        ],
        empty=[
            f"{key}:{value}"
            for key in moves.overlaps
            for value, count in moves.after(key).items()
            if not count
        ],
        overlaps=[
            OverlapOut(label=key, value=value, also=also, people=count)
            for key, found in moves.overlaps.items()
            for (value, also), count in sorted(found.items())
        ],
    )  # fmt: skip


class AdviceOut(Schema):
    """One strategy for one community: `count` of `known` people are of its user type; shares are 0 to 1.

    `low` to `high` is the 95 % interval of the share, `usual` the share over all communities the caller may see.
    """

    user_type: str
    title: str
    why: str
    first: str
    then: list[str]
    count: int
    known: int
    share: float
    low: float
    high: float
    usual: float
    sureness: str


class AdvisedOut(Schema):
    """One community: how many people are of each user type, and the advice; `why_none` says why there is none."""

    community: Ref
    user_types: dict[str, int]
    advice: list[AdviceOut]
    why_none: str | None


def advised_out(community: Community, found: Advised) -> AdvisedOut:
    """The advice for a community, in the active language."""
    return AdvisedOut(
        community=ref_of(community),
        user_types=dict(found.counts),
        advice=[_advice_out(each) for each in found.advice],
        why_none=None if found.why_none is None else str(found.why_none),
    )


def _advice_out(advice: Advice) -> AdviceOut:
    strategy = advice.strategy
    return AdviceOut(
        user_type=strategy.user_type,
        title=str(strategy.title),
        why=str(strategy.why),
        first=str(strategy.first),
        then=[str(each) for each in strategy.then],
        count=advice.count,
        known=advice.known,
        share=advice.share,
        low=advice.low,
        high=advice.high,
        usual=advice.usual,
        sureness=advice.sureness,
    )
