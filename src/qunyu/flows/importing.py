"""The course of an import: read into staging, make everybody known, write the facts, renew what follows from them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from qunyu.commerce.actions import put_orders
from qunyu.commerce.queries import order_from_fact
from qunyu.communities.actions import forget_empty
from qunyu.communities.actions import know as know_communities
from qunyu.communities.queries import called, elsewhere
from qunyu.events import actions as events
from qunyu.events.intake import Intake
from qunyu.events.lake import rollup, states
from qunyu.events.lake.bench import Bench, Target, bench
from qunyu.events.lake.checks import contradictions
from qunyu.events.phones import hashed
from qunyu.events.problems import Problem
from qunyu.events.queries import import_by_key
from qunyu.events.reading import Yields
from qunyu.events.staging import Staged, Stager
from qunyu.flows import stopping
from qunyu.flows.place import Place
from qunyu.flows.request import ImportRequest, Part, yields_of
from qunyu.flows.undoing import forget_notes, settle
from qunyu.kernel.errors import DomainError
from qunyu.kernel.platform_ids import chat_ids
from qunyu.kernel.scope import Scope, system_scope
from qunyu.kernel.tables import take_stock
from qunyu.kernel.words import Words
from qunyu.members.actions import Seen, forget_unused, renew_memberships
from qunyu.members.actions import know as know_people
from qunyu.members.direct_chats import direct_chats, seal_direct_chats
from qunyu.members.queries import membership_from_facts
from qunyu.people.queries import unit_by_key
from qunyu.privacy.stopping import anybody_stopped

# The platform of tables in our own format, which does not say where the talk was.
NEUTRAL = "plain"

Progress = Callable[[str, int], None]


def run(import_id: int, *, place: Place, now: datetime, progress: Progress = lambda step, done: None) -> dict[str, Any]:
    """Does a waiting import; its summary. Run again after a crash it begins anew.

    Raises DomainError nothing_to_import, strict_problems or import_ended; nothing was then added.
    """
    course = Course(import_id, place, now, progress)
    try:
        summary = course.run()
    except DomainError as error:
        events.fail(import_id, by=course.scope, error=error, now=now)
        raise
    except BaseException:
        course.interrupted()
        raise
    finally:
        shutil.rmtree(course.folder, ignore_errors=True)
    return summary


class Course:
    """One run of one import."""

    def __init__(self, import_id: int, place: Place, now: datetime, progress: Progress) -> None:
        self.owner = import_by_key(import_id)
        self.request = ImportRequest.from_json(self.owner.request)
        self.unit = unit_by_key(self.owner.unit_id)
        self.place, self.now, self.progress = place, now, progress
        self.scope: Scope = system_scope(f"import {import_id}")
        self.folder = place.data / "staging" / str(import_id)
        self.staged = Staged(self.folder)
        # Records of erased people, left out.
        self.erased = 0

    def run(self) -> dict[str, Any]:
        if self.owner.state == self.owner.State.SAVING:
            with self.place.lake.writing():
                settle(place=self.place, now=self.now)
        if not events.begin(self.owner.pk):
            raise self._ended()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._stage()
        self._check()
        with self.place.lake.writing():
            settle(place=self.place, now=self.now)
            forget_notes(self.owner.pk, self.place)
            events.publish_first(self.place.lake)
            if not events.move(self.owner.pk, to="saving", only_from=("reading",)):
                raise self._ended()
            summary = self._save()
        take_stock()
        return summary

    def _save(self) -> dict[str, Any]:
        """To be called with the lake's pen, which is let go only when the import is done, failed or taken back."""
        try:
            with bench(self.place.lake, self.staged, self._target()) as table:
                counts = self._facts(table)
            changed = self._renew()
            summary = self._summary(counts)
            return self._finished({**summary, "changed": {"orders": changed}} if changed else summary)
        except DomainError as error:
            events.fail(self.owner.pk, by=self.scope, error=error, now=self.now)
            raise
        except BaseException:
            self._take_back()
            raise

    def _finished(self, summary: dict[str, Any]) -> dict[str, Any]:
        if not events.finish(self.owner.pk, by=self.scope, lake=self.place.lake, summary=summary, now=self.now):
            raise self._ended()
        return summary

    def _take_back(self) -> None:
        """What a killed process does not come to; whoever takes the pen next does it then."""
        settle(place=self.place, now=self.now)

    def interrupted(self) -> None:
        """Ends an import that broke off before it wrote anything; what was written is for whoever holds the pen."""
        if import_by_key(self.owner.pk).state != self.owner.State.SAVING:
            events.interrupt(self.owner.pk, by=self.scope, now=self.now)

    def _ended(self) -> DomainError:
        state = import_by_key(self.owner.pk).state
        message = Words("这次导入已经结束（状态：{state}）", "this import has ended already (state: {state})")
        return DomainError("import_ended", message.fill(state=state), state=state)

    def _target(self) -> Target:
        return Target(self.owner.pk, self.unit.pk, self.unit.public_id, self.place.zone, self.request.currency)

    def _stage(self) -> None:
        stager = Stager(
            self.staged,
            self.request.options(self.place.zone),
            self.now,
            progress=lambda rows: self.progress("reading", rows),
            hashed=self._hashed,
        )
        for number, part in enumerate(self.request.parts):
            stager.sources = self._sources(part)
            intake = Intake(self.folder / f"part-{number}", self.request.include)
            files = intake.open(Path(path) for path in part.paths)
            for problem in intake.problems:
                self.staged.note(problem)
            stager.stage(files, yields_of(part), self.request.format if not part.yields else "")
        stager.close()

    def _hashed(self, phone: str) -> str:
        return hashed(phone, self.place.secret)

    def _sources(self, part: Part) -> dict[Yields, str]:
        """Where people are from; customers are known within the shop of a unit: two shops may number theirs alike."""
        platform = part.platform or self.request.platform
        shop: dict[Yields, str] = {"orders": f"shop{self.owner.unit_id}"}
        return {**shop, "chat": platform, "members": platform} if platform else shop

    def _check(self) -> None:
        events.keep_problems(self.owner.pk, self.staged.problems)
        if not self.staged.rows:
            raise DomainError("nothing_to_import", self._why_nothing(), problems=self._problem_lines())
        self._check_strict()

    def _why_nothing(self) -> Words:
        if not self.staged.problems:
            nothing = Words("没有可以导入的内容：没有文件", "nothing to import: there are no files")
            empty = Words("没有可以导入的内容：文件里没有记录", "nothing to import: the files hold no entries")
            return empty if self.staged.files else nothing
        first = self.staged.problems[0]
        reason = first.message
        message = Words("没有可以导入的内容：{name}：{reason}", "nothing to import: {name}: {reason}")
        return Words(
            message.zh.format(name=first.file, reason=reason.zh), message.en.format(name=first.file, reason=reason.en)
        )

    def _check_strict(self) -> None:
        if self.request.strict and self.staged.problems:
            count = sum(self.staged.problem_counts.values())
            message = Words("严格模式：有 {n} 处问题，没有导入任何内容", "strict: {n} problems, nothing was imported")
            raise DomainError("strict_problems", message.fill(n=count), problems=self._problem_lines())

    def _problem_lines(self) -> list[Problem]:
        return list(self.staged.problems)

    def _facts(self, table: Bench) -> dict[str, int]:
        table.open()
        self._call_communities(table)
        table.draft(self.now)
        people = self._without_erased(table, table.identities())
        communities = self._know_communities(table, people)
        self._know_people(table, people, communities)
        platforms = {platform for platform, _ in communities}
        seal_direct_chats(by=self.scope, platforms=platforms, told=table.direct_chats())
        table.number()
        for problem in contradictions(table):
            self.staged.note(problem)
        self._last_check()
        counts = table.counts()
        self.progress("saving", sum(counts.values()))
        lake = self.place.lake
        lake.append("facts", table.facts())
        if counts["already"]:
            lake.append("supplies", table.supplies())
        return counts

    def _last_check(self) -> None:
        """Strict again, for what only shows beside what is there already: who was made known is forgotten."""
        try:
            self._check_strict()
        except DomainError:
            events.keep_problems(self.owner.pk, self.staged.problems)
            forget_unused(by=self.scope, import_id=self.owner.pk, heirs={})
            forget_empty(by=self.scope, import_id=self.owner.pk, heirs={})
            raise

    def _call_communities(self, table: Bench) -> None:
        chats = table.chat_communities() if self.staged.rows["chat"] else []
        foreign = elsewhere([(platform, key) for platform, key, _ in chats], self.unit.path)
        table.leave_out(foreign)
        here = [each for each in chats if each[:2] not in foreign]
        named = table.listed_communities()
        aliases = [(platform, name, *meant) for platform, name in named if (meant := self._meant(platform, name, here))]
        table.call_communities(aliases)
        told = {name for _, name in named} - {alias[1] for alias in aliases}
        far = {name for platform, name in named if name in told and called(name, platform, "/")}
        far |= {title for *pair, title in chats if tuple(pair) in foreign}
        for name in sorted(told | far):
            code = "community_elsewhere" if name in far else "unknown_community"
            self.staged.note(Problem(code, "", 0, {"value": name}))

    def _meant(self, platform: str, name: str, here: list[tuple[str, str, str]]) -> tuple[str, str] | None:
        """The community a list or cost table means by `name`: one of this import, else one there is, else a new one of `platform`."""
        matches = {(p, k) for p, k, title in here if name in (k, title) and (platform in ("", p) or p == NEUTRAL)}
        matches = matches or called(name, platform, self.unit.path)
        if len(matches) == 1:
            return matches.pop()
        new = platform and not matches and not elsewhere([(platform, name)], self.unit.path)
        return (platform, name) if new else None

    def _know_communities(self, table: Bench, people: pa.Table) -> dict[tuple[str, str], int]:
        seen = table.communities()
        unit, owner = self.owner.unit_id, self.owner.pk
        pairs = [(platform, key) for platform, key, _ in seen]
        partners = pa.array([id for _, key in pairs for id in chat_ids(key)], pa.string())
        named = people.filter(pc.and_(pc.equal(people["home"], ""), pc.is_in(people["key"], value_set=partners)))
        direct = direct_chats(pairs, {(each["source"], each["key"]) for each in named.to_pylist()})
        told: dict[str, Any] = {"direct": direct | table.direct_chats(), "gone": stopping.chats_stopped(pairs)}
        return know_communities(by=self.scope, seen=seen, unit_id=unit, import_id=owner, **told)

    def _know_people(self, table: Bench, people: pa.Table, communities: dict[tuple[str, str], int]) -> None:
        rows = people.to_pylist()
        seen = [self._seen(row, communities) for row in rows]
        self.progress("people", len(seen))
        ids = know_people(by=self.scope, seen=seen, import_id=self.owner.pk)
        numbers = [ids[(each.platform, each.community, each.key)] for each in seen]
        table.resolve(_community_table(communities), people.append_column("id", pa.array(numbers, pa.int64())))

    def _without_erased(self, table: Bench, people: pa.Table) -> pa.Table:
        """Whom the stop list names is left out, with all they did."""
        if not anybody_stopped():
            return people
        gone = stopping.people_stopped(people.to_pylist())
        orders = stopping.orders_stopped(self.owner.unit_id, table.order_numbers())
        if any(gone) or orders:
            self.erased = table.forget(people.filter(pa.array(gone, pa.bool_())), orders)
        return people.filter(pa.array([not each for each in gone], pa.bool_()))

    def _seen(self, row: dict[str, Any], communities: dict[tuple[str, str], int]) -> Seen:
        home = communities[(row["source"], row["home"])] if row["home"] else None
        return Seen(row["source"], home, row["key"], row["name"], row["role"], row["phone"], row["union_id"])

    def _renew(self) -> int:
        """What follows from the facts: the rollup, the memberships, the orders; how many of these are in another state now."""
        lake = self.place.lake
        pairs = rollup.pairs_of_import(lake, self.owner.pk)
        rollup.refresh(lake, pairs)
        communities = set(pairs["community"].unique().to_pylist())
        rows = map(membership_from_facts, states.memberships(lake, communities))
        renew_memberships(by=self.scope, communities=communities, rows=rows)
        if self.staged.rows["orders"]:
            references = states.order_references(lake, self.owner.pk)
            return put_orders(by=self.scope, rows=map(order_from_fact, states.orders(lake, references)))
        return 0

    def _summary(self, counts: dict[str, int]) -> dict[str, Any]:
        if self.erased:
            self.staged.note(Problem("erased_people", "", 0, {"n": str(self.erased)}))
        events.keep_problems(self.owner.pk, self.staged.problems)
        return {
            "facts": counts,
            "rows": dict(self.staged.rows),
            "formats": dict(self.staged.formats),
            "problems": dict(self.staged.problem_counts),
        }


def _community_table(ids: dict[tuple[str, str], int]) -> pa.Table:
    return pa.table(
        {
            "source": pa.array([platform for platform, _ in ids], pa.string()),
            "key": pa.array([key for _, key in ids], pa.string()),
            "id": pa.array(list(ids.values()), pa.int64()),
        }
    )
