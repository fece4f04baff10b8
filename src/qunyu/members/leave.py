"""Leave: who may be contacted, and who may be sold to; the one place where that is written (ADR 13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from qunyu.kernel.words import Words
from qunyu.members.belonging import CONTACT, contact_platform
from qunyu.members.contact_caps import CapsInForce, caps_in_force
from qunyu.members.contact_reasons import refusal_words, refusals
from qunyu.members.models import Contact, Identity, Standing
from qunyu.members.own import PERSON, of_people
from qunyu.members.quiet import REASONS as QUIET_REASONS
from qunyu.members.quiet import quiet_now
from qunyu.members.rules.contacting import Cap, Caps, free_at, quiet_until

# What somebody may decide against, with a reason: all else can only be waited for or settled first.
PASSABLE = ("cap", "selling_cap", "quiet_hours")
UNCOUNTED = (Standing.IN, Standing.ANSWER)
# So many people a statement names; of more than MANY it asks about everybody.
CHUNK, MANY = 5_000, 20_000
WORDS: dict[str, Words] = {
    "cap": Words("{days} 天内已联系 {counted} 次，上限 {most} 次", "contacted {counted} times in {days} days, the cap is {most}"),
    "selling_cap": Words("{days} 天内已推销 {counted} 次，上限 {most} 次", "sold to {counted} times in {days} days, the cap is {most}"),
    "quiet_hours": Words("现在是免打扰时间", "these are quiet hours"),
    "quiet": Words("请勿联系：{reason}", "not to be contacted: {reason}"),
}  # fmt: skip
# The same of some people at once.
_OF_SOME: dict[str, Words] = {
    "cap": Words("联系次数已到上限", "contacted as often as the cap allows"),
    "selling_cap": Words("推销次数已到上限", "sold to as often as the cap allows"),
    "quiet": Words("请勿联系", "not to be contacted"),
}


@dataclass(frozen=True, slots=True)
class Leave:
    """Whether somebody may be contacted: `code` is "" or why not, in `words`; `possible_at` from when again, None when waiting alone does not help.

    The counts are contacts in the windows of the caps, over everything that the person is.
    """

    caps: Caps
    counted: int
    selling_counted: int
    code: str = ""
    words: Words | None = None
    possible_at: datetime | None = None

    @property
    def allowed(self) -> bool:
        """Whether the contact may be made now."""
        return not self.code

    @property
    def passable(self) -> bool:
        """Whether somebody with the permission may decide to contact all the same."""
        return self.code in PASSABLE


def may_contact(
    people: Collection[int], now: datetime, *, selling: bool = False, at_leisure: bool = False
) -> dict[int, Leave]:
    """For each of `people` (primary keys, found under a scope) whether they may be contacted at `now`; with `selling` also whether sold to.

    A dozen statements for some thousand people, and no more for everybody.
    """
    asked = _Asked(now, caps_in_force(), selling=selling, at_leisure=at_leisure)
    found: dict[int, Leave] = {}
    for part, named in _parts(people):
        found |= asked.leaves(part, named)
    return found


def closed(people: Collection[int], now: datetime, *, one_to_one: bool) -> dict[str, set[int]]:
    """Of `people` those who may not be sold to, by the code of why (reasons); what reaches many at once minds neither cap nor quiet list."""
    found: dict[str, set[int]] = {code: set() for code in reasons(one_to_one=one_to_one)}
    if one_to_one:
        leaves = may_contact(people, now, selling=True, at_leisure=True)
        why: Mapping[int, str] = {person: each.code for person, each in leaves.items() if each.code}
    else:
        why = {}
        for _, named in _parts(people):
            why = {**why, **refusals(named, now, selling=True)}
    for person in why.keys() & set(people):
        found[why[person]].add(person)
    return found


def reasons(*, one_to_one: bool = True) -> dict[str, Words]:
    """Why people may not be sold to, by code, said of several at once."""
    return refusal_words() | (_OF_SOME if one_to_one else {})


def _parts(people: Collection[int]) -> Iterator[tuple[Collection[int], Collection[int] | None]]:
    """The people in pieces, each with whom the statements name: None for everybody."""
    if len(people) > MANY:
        yield people, None
        return
    ordered = sorted(people)
    for start in range(0, len(ordered), CHUNK):
        part = ordered[start : start + CHUNK]
        yield part, part


class _Asked:
    """One question to the gate, which `leaves` answers of some people."""

    def __init__(self, now: datetime, in_force: CapsInForce, *, selling: bool, at_leisure: bool) -> None:
        self.now, self.selling, self.in_force = now, selling, in_force
        self.at_leisure = at_leisure
        # Most people were never contacted: of each kind of caps they share one answer.
        self._untouched: dict[Caps, Leave] = {}

    def leaves(self, people: Collection[int], named: Collection[int] | None) -> dict[int, Leave]:
        caps, usual = caps_of(named, self.in_force), self.in_force.of(())
        times = _times_of(named, self.in_force.widest(self.now))
        found = {person: self._open(caps.get(person, usual), times.get(person, ())) for person in people}
        for person, code in refusals(named, self.now, selling=self.selling).items():
            if person in found:
                found[person] = _closed(found[person], code, refusal_words()[code])
        for person, quiet in quiet_now(named, _local(self.now).date()).items():
            if person in found:
                found[person] = _closed(found[person], "quiet", _quiet_words(quiet.reason))
        return found

    def _open(self, caps: Caps, times: Sequence[tuple[datetime, bool]]) -> Leave:
        known = None if times else self._untouched.get(caps)
        if known is not None:
            return known
        leave = self._within(caps, times)
        if not leave.code and not self.at_leisure:
            leave = _at_hours(leave, quiet_until(_local(self.now), caps.quiet_from, caps.quiet_to))
        if not times:
            self._untouched[caps] = leave
        return leave

    def _within(self, caps: Caps, times: Sequence[tuple[datetime, bool]]) -> Leave:
        """Whether the caps allow it; refused by both, what lasts longer is told."""
        every, selling = [at for at, _ in times], [at for at, sells in times if sells]
        counts = (_counted(every, caps.all, self.now), _counted(selling, caps.selling, self.now))
        found = Leave(caps, *counts)
        asked = (("cap", caps.all, every), ("selling_cap", caps.selling, selling))
        for place, (code, cap, told) in enumerate(asked[: 1 + self.selling]):
            at = free_at(told, cap, self.now)
            if at == self.now or (found.code and at and found.possible_at and at < found.possible_at):
                continue
            words = WORDS[code].fill(days=cap.days, counted=counts[place], most=cap.most)
            found = Leave(caps, *counts, code, words, at and self._past_rest(caps, at))
        return found

    def _past_rest(self, caps: Caps, at: datetime) -> datetime:
        until = None if self.at_leisure else quiet_until(_local(at), caps.quiet_from, caps.quiet_to)
        return until or at


def _local(at: datetime) -> datetime:
    return timezone.localtime(at, settings.QUNYU_ZONE)


def _quiet_words(reason: str) -> Words:
    told = QUIET_REASONS[reason]
    return Words(WORDS["quiet"].zh.format(reason=told.zh), WORDS["quiet"].en.format(reason=told.en))


def _counted(times: Iterable[datetime], cap: Cap, now: datetime) -> int:
    return sum(each > cap.since(now) for each in times)


def _at_hours(leave: Leave, until: datetime | None) -> Leave:
    if until is None:
        return leave
    return replace(leave, code="quiet_hours", words=WORDS["quiet_hours"], possible_at=until)


def _closed(leave: Leave, code: str, words: Words) -> Leave:
    return replace(leave, code=code, words=words, possible_at=None)


def _times_of(people: Collection[int] | None, since: datetime) -> dict[int, list[tuple[datetime, bool]]]:
    """Person -> when each contact that counts was, and whether it sold."""
    found: dict[int, list[tuple[datetime, bool]]] = {}
    counting = of_people(Contact.objects.filter(at__gt=since).exclude(standing__in=UNCOUNTED), people)
    for person, at, sells in counting.values_list(PERSON, "at", "selling").iterator():
        found.setdefault(person, []).append((at, sells))
    return found


def caps_of(people: Collection[int] | None, in_force: CapsInForce) -> dict[int, Caps]:
    """What holds for those of `people` (None: of all) who are where caps are stricter; for all others `in_force.of(())` does."""
    if not in_force.stricter:
        return {}
    found: dict[frozenset[int], Caps] = {}
    told: dict[int, Caps] = {}
    for person, units in units_of_people(people, in_force.stricter).items():
        key = frozenset(units)
        told[person] = found[key] if key in found else found.setdefault(key, in_force.of(key))
    return told


def units_of_people(people: Collection[int] | None, among: Collection[int] | None = None) -> dict[int, set[int]]:
    """Person -> the units (of those `among` which it is asked; None: of all) they belong to, whoever asks: of their communities, of their orders,
    and where they were noted down.
    """
    found: dict[int, set[int]] = {}
    mine = Identity.objects.all() if people is None else Identity.objects.filter(member__in=people)
    for path in ("memberships__community__unit", "orders__unit"):
        told = {f"{path}__isnull": False} if among is None else {f"{path}__in": among}
        for person, unit in mine.filter(**told).values_list("member", path).distinct():
            found.setdefault(person, set()).add(unit)
    noted = mine.filter(platform__startswith=CONTACT)
    if among is not None:
        noted = noted.filter(platform__in=[contact_platform(each) for each in among])
    for person, platform in noted.values_list("member", "platform"):
        found.setdefault(person, set()).add(int(platform.removeprefix(CONTACT)))
    return found
