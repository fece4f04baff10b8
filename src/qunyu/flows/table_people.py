"""Table people: whom the lines of a given table name, by member_id or platform_id, looked up for all lines at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunyu.flows.given_tables import Line
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.merging import editable
from qunyu.members.queries import accounts, people

if TYPE_CHECKING:
    from qunyu.members.models import Member

NOBODY = Words("没有找到这个人", "nobody like this is known")
SEVERAL = Words("符合的不止一人", "several people fit")


@dataclass(frozen=True)
class TablePeople:
    """`known` by public id, `accounts` by platform id (and "platform id" with a blank between), `mine` whom the asker may write about."""

    known: Mapping[str, Member]
    accounts: Mapping[str, Collection[Member]]
    mine: Collection[int]

    def of(self, line: Line) -> tuple[Member | None, Words | None]:
        """Whom the line names; nobody and why where that is not exactly one."""
        if line.text("member_id"):
            found = self.known.get(line.text("member_id"))
            return found, None if found else NOBODY
        name = f"{line.text('platform').casefold()} {line.text('platform_id')}".strip()
        some = list(self.accounts.get(name, ()))
        return (some[0], None) if len(some) == 1 else (None, SEVERAL if some else NOBODY)


def people_of_table(by: Scope, lines: Sequence[Line], permission: str) -> TablePeople:
    """The people whom the lines name, as far as `by` may see them; `mine` holds those where `permission` does."""
    ids = {each.text("member_id") for each in lines} - {""}
    known = {each.public_id: each for each in people(by).filter(public_id__in=ids)}
    keys = {each.text("platform_id") for each in lines} - {""}
    found = accounts(by, keys)
    members = people(by).in_bulk({each.member for each in found})
    named: dict[str, set[Member]] = {}
    for each in found:
        if each.member in members:
            for name in (each.id, f"{each.platform} {each.id}"):
                named.setdefault(name, set()).add(members[each.member])
    told = {each.pk for each in known.values()} | {each.pk for some in named.values() for each in some}
    mine = set(editable(by, permission).filter(member__in=told).values_list("member", flat=True))
    return TablePeople(known, named, mine)
