"""Earnings: what deeds earn by a programme's rules, once each; what a refund leaves without ground is taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db import transaction

from qunyu.communities.duties import local_day
from qunyu.kernel.scope import Denied, Scope
from qunyu.loyalty import deeds
from qunyu.loyalty.deeds import Told
from qunyu.loyalty.earning import EarningRule, earning_rules
from qunyu.loyalty.earning.rule import Deed
from qunyu.loyalty.models import Earning, Lot, Programme
from qunyu.loyalty.posting import BOOKS, Act, account_of, accounts_for, book, earn_many, hold, opened, take_back
from qunyu.loyalty.programmes import units_of
from qunyu.loyalty.rules.lots import expires_on

CHUNK = 500
# What somebody said is not unsaid: only what orders and joinings gave loses its ground.
LASTING = ("talk",)


@dataclass
class Collected:
    """How many deeds earned something or more of it, how many points, and the same of what was taken back."""

    given: int = 0
    points: int = 0
    taken: int = 0
    taken_points: int = 0


def collect(*, by: Scope, programme: Programme, told: Told, now: datetime) -> Collected:
    """Brings what every deed has earned in line with the programme's rules. Again changes nothing.

    Raises Denied unless `by` is the system.
    """
    if not by.everything:
        raise Denied("points.edit")
    units, found = units_of(programme), Collected()
    for key, setting in programme.rules.items():
        rule = earning_rules().get(key)
        if rule is None:
            continue
        work = _Work(by, programme, rule, setting["figures"], now, found)
        if not setting["on"]:
            work.stand()
        else:
            work.run(_deeds(rule, units, date.fromisoformat(setting["since"]), told))
    return found


def _deeds(rule: EarningRule, units: Collection[int], since: date, told: Told) -> Iterator[Deed]:
    if rule.deed == "order":
        return deeds.orders_since(units, since)
    if rule.deed == "first_order":
        return deeds.first_orders(units, since)
    if rule.deed == "join":
        return deeds.joins_since(units, since)
    found = deeds.talk(told) if rule.deed == "talk" else deeds.referrals(told, units)
    return (each for each in found if each.at >= deeds.midnight(since))


@dataclass
class _Work:
    """One rule over all its deeds."""

    by: Scope
    programme: Programme
    rule: EarningRule
    figures: Mapping[str, int]
    now: datetime
    found: Collected

    def run(self, given: Iterable[Deed]) -> None:
        deeds_left, seen = iter(given), set[str]()
        while chunk := list(islice(deeds_left, CHUNK)):
            self._chunk(chunk)
            if self.rule.deed != "order":
                seen.update(each.source for each in chunk)
        if self.rule.deed not in LASTING:
            self._groundless(seen)

    def stand(self) -> None:
        """Of a rule that is off: it gives nothing more, but refunds of orders still take back what it gave."""
        if self.rule.deed == "order":
            self._groundless(set())

    def _chunk(self, chunk: list[Deed]) -> None:
        rows, new = self._rows([each.source for each in chunk]), dict[str, tuple[Deed, int]]()
        gone = deeds.erased({each.member for each in chunk})
        for deed in chunk:
            row = rows.get(deed.source)
            points = self.rule.points(deed, self.figures if row is None else row.figures)
            if deed.member in gone:
                # Whoever was erased earns nothing more; what they had earned keeps its ground.
                points = min(points, row.points) if row and row.account.member_id == deed.member else 0
            if row is None:
                if points and not self._gone(deed):
                    new[deed.source] = (deed, points)
            elif row.account.member_id != deed.member:
                self._bring(row, 0, deed.at)
                self._hand_on(row, deed, points)
            elif row.points != points:
                self._bring(row, points, deed.at)
        if new:
            self._first(new)

    def _gone(self, deed: Deed) -> bool:
        """Whether what the deed would give had expired by now."""
        gone_on = expires_on(local_day(deed.at), self.programme.expiry, self.programme.expiry_months)
        return gone_on is not None and gone_on <= local_day(self.now)

    def _rows(self, sources: Collection[str]) -> dict[str, Earning]:
        mine = Earning.objects.filter(programme=self.programme, rule=self.rule.key, source__in=sources)
        return {each.source: each for each in mine.select_related("account")}

    def _first(self, new: dict[str, tuple[Deed, int]]) -> None:
        """Gives for many deeds at once what they have not given yet."""
        with transaction.atomic():
            accounts = accounts_for(self.programme, {deed.member for deed, _ in new.values()})
            hold(accounts.values())
            # Whoever came first has written them by now.
            done = self._rows(list(new))
            left = [each for source, each in new.items() if source not in done]
            rows = Earning.objects.bulk_create(
                Earning(
                    programme=self.programme, rule=self.rule.key, source=deed.source, points=points, times=1,
                    account_id=accounts[deed.member], figures=dict(self.figures),
                )
                for deed, points in left
            )  # fmt: skip
            gifts = [
                (row.account_id, points, self._act(row, "earn", 0, deed.at))
                for row, (deed, points) in zip(rows, left, strict=True)
            ]
            earn_many(self.programme, gifts)
        self.found.given += len(left)
        self.found.points += sum(points for _, points in left)

    def _act(self, row: Earning, kind: str, times: int, at: datetime | None) -> Act:
        key = f"{kind}:{row.pk}:{times}"
        return Act(self.by.actor, self.now, kind, key, rule=row.rule, source=row.source, happened=at)

    def _hand_on(self, row: Earning, deed: Deed, points: int) -> None:
        """The order is somebody else's by now."""
        account = account_of(self.programme, deed.member)
        Earning.objects.filter(pk=row.pk).update(account=account)
        row = Earning.objects.select_related("account").get(pk=row.pk)
        if points:
            self._bring(row, points, deed.at)

    def _groundless(self, seen: set[str]) -> None:
        """What was earned with something that is no longer there, or no longer paid, is taken back."""
        mine = Earning.objects.filter(programme=self.programme, rule=self.rule.key, points__gt=0)
        rows = mine.select_related("account").order_by("pk").iterator(chunk_size=CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            sources = [each.source for each in chunk]
            there = deeds.present_orders(sources) if self.rule.deed == "order" else {}
            for row in chunk:
                deed = there.get(row.source)
                points = self.rule.points(deed, row.figures) if deed else 0
                if deed and points < row.points:
                    self._bring(row, points, self.now)
                elif not deed and row.source not in seen and self._had_to_be_there(row):
                    self._bring(row, 0, self.now)

    def _had_to_be_there(self, row: Earning) -> bool:
        """Whether the deeds looked at reach back to what this was earned with: a rule may have been told to begin later since."""
        since = deeds.midnight(date.fromisoformat(self.programme.rules[self.rule.key]["since"]))
        earned = row.account.lots.filter(movement__rule=row.rule, movement__source=row.source).order_by("pk")
        at = earned.values_list("earned_at", flat=True).first()
        return self.rule.deed == "order" or (at is not None and at >= since)

    def _bring(self, row: Earning, points: int, at: datetime) -> None:
        """Makes what the fact has earned `points`; whoever else does the same at this moment finds it done."""
        with transaction.atomic():
            mine = Earning.objects.filter(pk=row.pk, times=row.times)
            if not mine.update(points=points, times=row.times + 1):
                return
            more = points - row.points
            kind = "earn" if more > 0 else "refund"
            act = self._act(row, kind, row.times, at if more > 0 else None)
            if more > 0:
                earn_many(self.programme, [(row.account_id, more, act)], held=False)
                self.found.given += 1
                self.found.points += more
            elif more < 0:
                self._take(row, -more, act)
        row.points, row.times = points, row.times + 1

    def _take(self, row: Earning, points: int, act: Act) -> None:
        movement, _ = opened(self.programme, act)
        hold([row.account_id])
        lots = Lot.objects.filter(account=row.account, movement__rule=row.rule, movement__source=row.source)
        given = dict(lots.values_list("pk", "points"))
        # What was given and no longer stands has been taken back before.
        take_back(movement, row.account_id, points, given, sum(given.values()) - row.points)
        book(movement, BOOKS["refund"])
        self.found.taken += 1
        self.found.taken_points += points
