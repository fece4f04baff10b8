"""Levels: the ladder's steps, levels given by hand, and why somebody stands where they stand, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Case, Count, F, IntegerField, Max, QuerySet, When

from qunyu.communities.duties import local_day
from qunyu.insights.label import labels
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.money import CURRENCIES, to_units
from qunyu.kernel.scope import Scope, system_scope
from qunyu.kernel.words import Words
from qunyu.loyalty.ledger import require_points
from qunyu.loyalty.models import Level, LevelChange, LevelGrant, Programme, Reward, Standing, VipCommunity
from qunyu.loyalty.programmes import programmes
from qunyu.loyalty.rules.levels import BAR_KINDS, MONEY_KINDS, Bar, Step, missing
from qunyu.loyalty.standing import Moves, bar_of, figures_of, ladder_of, preview, renew, step_of, tiers
from qunyu.members.own import identities, own_members
from qunyu.members.queries import is_seen

if TYPE_CHECKING:
    from qunyu.members.models import Member

KINDS: dict[str, Words] = {
    "points_year": Words("近 12 个月获得积分", "points earned in 12 months"),
    "spent_year": Words("近 12 个月实付", "paid in 12 months"),
    "spent_ever": Words("累计实付", "paid ever"),
    "orders": Words("已付款订单数", "paid orders"),
    "tier": Words("成员分层", "tier"),
    "months": Words("加入月数", "months since joining"),
}
WHYS: dict[str, Words] = {
    "bar": Words("达到门槛", "met the bar"),
    "kept": Words("保级", "kept the level"),
    "holds": Words("有效期内", "still valid"),
    "grant": Words("手工授予", "given by hand"),
    "fell": Words("到期且未达保级标准", "its time was over and the bars of keeping were not met"),
    "none": Words("未达到任何等级", "no level’s bars are met"),
}
HIDDEN = Words("订单指标（无查看权限）", "a figure of orders (not yours to see)")
HAVE = Words("{name} {there}（标准 {least}）", "{name} {there} (bar {least})")
SHORT = Words("{name} 还差 {more}", "{more} more: {name}")
IN_USE = Words(
    "还有人、权益、奖品或 VIP 社群用到这个等级", "people, benefits, rewards or VIP communities still use this level"
)
BAD_ORDER = Words("请把每个等级列出一次", "name each level exactly once")
UNKNOWN = Words("未知", "unknown")


@dataclass(frozen=True)
class Rung:
    """What is told of a level: its name, the bars to come in and to stay, whether all of them, and for how many months it holds."""

    name: str
    bars: Sequence[Bar] = ()
    keep: Sequence[Bar] = ()
    every: bool = False
    months: int = 12


def bar(kind: str, least: int, currency: str = "") -> Bar:
    """A bar of that kind (a key of KINDS)."""
    return bar_of({"kind": kind, "least": least, "currency": currency})


def ladder(programme: Programme) -> list[Level]:
    """The levels from the lowest step up."""
    return list(Level.objects.filter(programme=programme).order_by("position"))


def levels(programme: Programme) -> list[Level]:
    """The ladder from the lowest step up, each with `people`, how many stand there."""
    rows = Level.objects.filter(programme=programme).annotate(people=Count("standings"))
    return list(rows.order_by("position"))


def find_level(programme: Programme, public_id: str) -> Level:
    """The programme's level with that public id.

    Raises DomainError unknown_level.
    """
    found = Level.objects.filter(programme=programme, public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的等级", "there is no level with the id “{id}”")
        raise DomainError("unknown_level", message.fill(id=public_id), id=public_id)
    return found


@transaction.atomic
def save_level(*, by: Scope, programme: Programme, level: Level | None, rung: Rung, now: datetime) -> Level:
    """The level with what is told of it, or a new one on top of the ladder. Nobody moves before levels are renewed.

    Raises Denied; DomainError bad_level with the `field`.
    """
    by.require("settings.edit", programme.unit_id)
    _check(programme, level, rung)
    if level is None:
        highest = Level.objects.filter(programme=programme).aggregate(n=Max("position"))["n"]
        level = Level(programme=programme, position=0 if highest is None else highest + 1)
    level.name, level.every, level.months = rung.name.strip(), rung.every, rung.months
    level.bars, level.keep = [kept(each) for each in rung.bars], [kept(each) for each in rung.keep]
    level.save()
    audit.record(by=by.actor, action="level.save", kind="programme", id=programme.pk, now=now, level=level.pk)
    return level


def kept(bar: Bar) -> dict[str, Any]:
    """The bar as it is kept."""
    return {"kind": bar.kind, "least": bar.least, "currency": bar.currency}


def _check(programme: Programme, level: Level | None, rung: Rung) -> None:
    others = Level.objects.filter(programme=programme, name=rung.name.strip()).exclude(pk=level.pk if level else 0)
    if not 1 <= len(rung.name.strip()) <= 40 or others.exists():
        raise DomainError("bad_level", Words("名称须有 1 至 40 个字，且不能重复", "the name has 1 to 40 characters and is not taken"), field="name")  # fmt: skip
    if not 0 <= rung.months <= 120:
        raise DomainError("bad_level", Words("月数须在 0 至 120 之间", "0 to 120 months"), field="months")
    check_bars(rung.bars, "bars", "bad_level")
    check_bars(rung.keep, "keep", "bad_level")


def check_bars(bars: Sequence[Bar], field: str, code: str) -> None:
    """Raises DomainError `code` with the `field` where a bar is not valid."""
    for bar in bars:
        money = bar.kind in ("spent_year", "spent_ever")
        wrong = bar.kind not in BAR_KINDS or not 0 <= bar.least < 10**12 or (bar.currency in CURRENCIES) != money
        if wrong or (bar.kind == "tier" and bar.least >= len(tiers())):
            raise DomainError(code, Words("门槛无效", "a bar that is not valid"), field=field)


@transaction.atomic
def order_levels(*, by: Scope, programme: Programme, order: Sequence[str], now: datetime) -> None:
    """Puts the ladder's levels (public ids) in that order from the lowest up. Nobody moves before levels are renewed.

    Raises Denied; DomainError bad_order where it names not each level exactly once.
    """
    by.require("settings.edit", programme.unit_id)
    before = list(Level.objects.filter(programme=programme).order_by("position").values_list("public_id", flat=True))
    if sorted(order) != sorted(before):
        raise DomainError("bad_order", BAD_ORDER, field="levels")
    if list(order) == before:
        return
    mine = Level.objects.filter(programme=programme)
    # No two levels stand in one place, not even while they change places.
    highest = mine.aggregate(n=Max("position"))["n"]
    mine.update(position=F("position") + highest + 1)
    places = [When(public_id=each, then=place) for place, each in enumerate(order)]
    mine.update(position=Case(*places, output_field=IntegerField()))
    audit.record(by=by.actor, action="level.order", kind="programme", id=programme.pk, now=now)


def moved_by(programme: Programme, level: Level, steps: int) -> list[str]:
    """The order of the ladder with a level so many steps higher (below 0: lower), as far as it goes."""
    order = [each.public_id for each in ladder(programme)]
    place = min(max(order.index(level.public_id) + steps, 0), len(order) - 1)
    order.remove(level.public_id)
    return [*order[:place], level.public_id, *order[place:]]


@transaction.atomic
def remove_level(*, by: Scope, level: Level, now: datetime) -> None:
    """Removes a level that nobody stands on and nothing speaks of.

    Raises Denied; DomainError level_in_use.
    """
    by.require("settings.edit", level.programme.unit_id)
    used = level.standings.exists() or level.grants.exists() or level.benefits.exists()
    asked = Reward.objects.filter(level=level).exists() or VipCommunity.objects.filter(level=level).exists()
    if used or asked or Standing.objects.filter(base=level).exists():
        raise DomainError("level_in_use", IN_USE)
    audit.record(by=by.actor, action="level.remove", kind="programme", id=level.programme_id, now=now, level=level.pk)
    level.delete()


def try_level(programme: Programme, level: Level | None, rung: Rung, today: date) -> Moves:
    """What the ladder with this level would make of everybody; a new level's key is 0. Writes nothing.

    Raises DomainError bad_level.
    """
    _check(programme, level, rung)
    mine = Step(level.pk if level else 0, rung.bars, rung.keep, rung.every, rung.months)
    steps = [mine if each.id == mine.id else each for each in ladder_of(programme)]
    return preview(programme, steps if level else [*steps, mine], today)


@dataclass(frozen=True)
class Given:
    """Why a level is given by hand, and the last day on which it holds."""

    reason: str
    until: date


@transaction.atomic
def give_level(*, by: Scope, level: Level, member: Member, given: Given, now: datetime) -> LevelGrant:
    """Gives somebody a level until a day, whatever the bars say; they stand there at once.

    Raises Denied; DomainError bad_grant with the `field`.
    """
    require_points(by, level.programme, member)
    reason, today = given.reason.strip()[:200], local_day(now)
    if len(reason) < 2:
        raise DomainError("bad_grant", Words("请写明原因", "say why"), field="reason")
    if given.until < today:
        raise DomainError("bad_grant", Words("截止日不能在过去", "the last day cannot lie in the past"), field="until")
    who = {"by": by.actor.key, "by_name": by.actor.name[:120]}
    row = LevelGrant.objects.create(level=level, member=member, reason=reason, until=given.until, at=now, **who)
    audit.record(by=by.actor, action="level.give", kind="member", id=member.pk, now=now, level=level.pk)
    renew(by=system_scope("levels"), programme=level.programme, now=now, today=today, people=[member.pk])
    return row


@transaction.atomic
def end_grant(*, by: Scope, grant: LevelGrant, member: Member, now: datetime) -> None:
    """Ends a level given by hand; the bars decide again. Again changes nothing.

    Raises Denied.
    """
    require_points(by, grant.level.programme, member)
    if LevelGrant.objects.filter(pk=grant.pk, ended_at=None).update(ended_at=now):
        audit.record(by=by.actor, action="level.end", kind="member", id=member.pk, now=now, level=grant.level_id)
        renew(
            by=system_scope("levels"),
            programme=grant.level.programme,
            now=now,
            today=local_day(now),
            people=[member.pk],
        )


def grants_of(scope: Scope, member: Member, today: date) -> list[LevelGrant]:
    """The levels given to a person by hand that hold on that day, in programmes that count for `scope`."""
    found = LevelGrant.objects.filter(member__in=own_members(member.pk), ended_at=None, until__gte=today)
    found = found.filter(level__programme__in=programmes(scope).values("pk"))
    return list(found.select_related("level__programme").order_by("-at"))


def changes_of(scope: Scope, member: Member) -> list[LevelChange]:
    """The person's steps up and down in programmes that count for `scope`, over all that they are, the latest first."""
    found = LevelChange.objects.filter(member__in=identities().filter(member=member).values("own_member"))
    found = found.filter(programme__in=programmes(scope).values("pk"))
    return list(found.select_related("before", "after", "programme").order_by("-at", "-pk"))


def standings(scope: Scope, programme: Programme, *, text: str = "", level: str = "") -> QuerySet[Standing]:
    """Where the people `scope` may see stand in a programme, those called `text`, on that level (its public id)."""
    found = Standing.objects.filter(is_seen(scope), programme=programme)
    found = found.filter(member__name__icontains=text) if text else found
    found = found.filter(level__public_id=level) if level else found
    return found.select_related("level", "member", "programme")


def standings_of(member: Member) -> QuerySet[Standing]:
    """Where a person stands in each programme."""
    return Standing.objects.filter(member=member).select_related("level", "programme").order_by("programme")


def levels_of(programme: Programme, keys: Collection[int]) -> dict[int, Level]:
    """The level of each of these people that stands on one."""
    rows = Standing.objects.filter(programme=programme, member__in=keys).select_related("level")
    return {each.member_id: each.level for each in rows}


def next_level(programme: Programme, member: int, today: date) -> tuple[Level, list[tuple[Bar, int | None]]] | None:
    """The step above the one somebody stands on, with what is missing for it; None at the top of the ladder, or without one."""
    steps = ladder(programme)
    now = levels_of(programme, [member]).get(member)
    above = [each for each in steps if now is None or each.position > now.position]
    if not above:
        return None
    return above[0], missing(step_of(above[0]), figures_of(programme, [member], today)[member])


def amount(bar: Bar, value: int | None) -> Words:
    """A figure of a bar in words."""
    if value is None:
        return UNKNOWN
    if bar.kind == "tier":
        return next(each.title for each in labels()["tier"].values if each.code == tiers()[value])
    text = f"{to_units(value, bar.currency)} {bar.currency}" if bar.currency else f"{value:,}"
    return Words(text, text)


def said(bars: Sequence[Bar]) -> list[Words]:
    """Each bar in words."""
    return [_both("{name} ≥ {least}", "{name} ≥ {least}", each, least=amount(each, each.least)) for each in bars]


def _both(zh: str, en: str, bar: Bar, **values: Words) -> Words:
    name = KINDS[bar.kind]
    return Words(
        zh.format(name=name.zh, **{key: each.zh for key, each in values.items()}),
        en.format(name=name.en, **{key: each.en for key, each in values.items()}),
    )


def reason_of(scope: Scope, row: Standing | LevelChange) -> list[Words]:
    """Why somebody stands where they do (or moved): the code in words, and each bar with the figure it was held against.

    Figures of orders show only where orders may be seen.
    """
    found = [WHYS[row.why]]
    if row.why == "grant":
        return found
    met = [(Bar(kind, least, currency), there) for kind, least, currency, there in row.figures.get("met", ())]
    return found + against(scope, row.programme, met)


def against(scope: Scope, programme: Programme, met: Sequence[tuple[Bar, int | None]]) -> list[Words]:
    """Each bar with the figure it was held against, in words; figures of orders only where orders may be seen."""
    seen = scope.may("orders.view", programme.unit_id)
    return [
        HIDDEN
        if bar.kind in MONEY_KINDS and not seen
        else _both(HAVE.zh, HAVE.en, bar, there=amount(bar, there), least=amount(bar, bar.least))
        for bar, there in met
    ]


def shortfall(scope: Scope, programme: Programme, left: Sequence[tuple[Bar, int | None]]) -> list[Words]:
    """What is missing, in words."""
    seen = scope.may("orders.view", programme.unit_id)
    return [
        HIDDEN
        if bar.kind in MONEY_KINDS and not seen
        else _both(HAVE.zh, HAVE.en, bar, there=UNKNOWN, least=amount(bar, bar.least))
        if more is None
        else _both("{name} ≥ {least}", "{name} ≥ {least}", bar, least=amount(bar, bar.least))
        if bar.kind == "tier"
        else _both(SHORT.zh, SHORT.en, bar, more=amount(bar, more))
        for bar, more in left
    ]


def bars_of(level: Level) -> tuple[list[Bar], list[Bar]]:
    """The bars to come in and to stay."""
    return bars_kept(level.bars), bars_kept(level.keep)


def bars_kept(told: Sequence[Mapping[str, Any]]) -> list[Bar]:
    """The bars as they are kept."""
    return [bar_of(each) for each in told]


def moved(found: Moves, names: Mapping[int | None, str]) -> list[tuple[str, str, int]]:
    """The moves by the names of levels, the largest first."""
    rows = [(names.get(a, "–"), names.get(b, "–"), n) for (a, b), n in found.moves.items() if a != b]
    return sorted(rows, key=lambda each: -each[2])
