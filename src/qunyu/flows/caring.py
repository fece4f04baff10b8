"""Caring: the occasions of the days to come, who came by a recommendation, and who answered a contact."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from qunyu.care.brought import measure_brought, since_first_ask
from qunyu.care.finding import find_occasions
from qunyu.care.results import Line, results
from qunyu.communities.duties import local_day
from qunyu.flows.place import lake
from qunyu.insights.answering import Moment, spoke
from qunyu.insights.deeds import invitations
from qunyu.kernel.scope import Scope, system_scope
from qunyu.members.contact_caps import caps_in_force
from qunyu.members.own import identities
from qunyu.people.queries import unit_paths

SYSTEM = system_scope("care")


def care(*, now: datetime) -> dict[str, int]:
    """Kind of occasion -> how many fall on the days to come; "brought" is how many more came by a recommendation. Again changes nothing."""
    return {**find_occasions(now=now), "brought": _brought()}


def _brought() -> int:
    since = since_first_ask()
    if since is None:
        return 0
    found = invitations(lake(), SYSTEM, list(unit_paths()), local_day(since))
    both = {id for host, guest, _ in found for id in (host, guest)}
    rows = identities().filter(pk__in=both, member__erased=False).values_list("pk", "member", "own_member")
    known = {identity: (member, own) for identity, member, own in rows}
    told = [(known[host][0], known[guest][1], at) for host, guest, at in found if host in known and guest in known]
    return measure_brought(told, days=caps_in_force().of(()).brought_days)


def results_of(scope: Scope, *, first: date, last: date, now: datetime) -> list[Line]:
    """What came of the occasions of some days, with who spoke in communities after them."""

    def asked(rows: Collection[tuple[int, tuple[int, ...], datetime, datetime]]) -> tuple[set[int], date | None]:
        return spoke(lake(), scope, [Moment(*row) for row in rows])

    return results(scope, first=first, last=last, now=now, spoke=asked)
