"""Tables of profiles: who each line is about, what it would write, and what is wrong with it. Nothing is written here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.conf import settings

from qunyu.communities.queries import communities_where
from qunyu.events.files import File
from qunyu.events.own_columns import column_twice, no_column, refuse_junk
from qunyu.events.phones import hashed, phone
from qunyu.events.problems import Problem
from qunyu.events.sheets import open_table
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.sealed import NOT_READABLE
from qunyu.kernel.words import Words
from qunyu.members.belonging import CONTACT, contacts
from qunyu.members.fields import Definition, fields_in
from qunyu.members.merging import editable
from qunyu.members.models import Identity, Mark, Member, Membership
from qunyu.members.profile import Answer, profiles
from qunyu.members.profile_returning import leave_out
from qunyu.members.queries import accounts, people
from qunyu.members.rules.values import in_words, masked, parsed
from qunyu.people.queries import unit_paths

# The columns that say who a line is about, by what they may be called.
NAMING: dict[str, tuple[str, ...]] = {
    "member_id": ("member_id", "成员编号", "member id"),
    "platform": ("platform", "平台"),
    "platform_id": ("platform_id", "平台账号", "platform id", "account"),
    "community": ("community", "社群"),
    "name": ("name", "名称", "昵称", "成员", "member"),
}
MOST_LINES = 200_000
CHUNK = 500
Cells = dict[str, str]


@dataclass
class Line:
    """One line: whom it is about (`member`, None for somebody new or unknown), what it would write, and what is wrong with it."""

    number: int
    cells: Cells
    member: int | None = None
    who: str = ""
    new: bool = False
    values: dict[str, str] = field(default_factory=dict)
    changes: list[tuple[Definition, str, str]] = field(default_factory=list)
    problems: list[Words] = field(default_factory=list)
    # What the stop list may know somebody new by.
    known_as: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Plan:
    """Everything a table would do, line by line."""

    lines: list[Line]

    @property
    def wrong(self) -> list[Line]:
        """The lines that cannot be done."""
        return [each for each in self.lines if each.problems]

    @property
    def good(self) -> list[Line]:
        """The lines that write something."""
        return [each for each in self.lines if not each.problems and (each.values or each.new)]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines, people it would write of, values, new people, lines that change nothing and lines that are wrong."""
        good = self.good
        return {
            "lines": len(self.lines),
            "people": len(good),
            "values": sum(len(each.values) for each in good),
            "new": sum(each.new for each in good),
            "same": len(self.lines) - len(good) - len(self.wrong),
            "wrong": len(self.wrong),
        }


def shown(field: Definition, value: str) -> Words:
    """A kept value as a preview shows it: masked where it is sensitive."""
    return Words(masked(field, value), masked(field, value)) if field.sensitive else in_words(field, value)


def plan(by: Scope, path: Path, *, create: bool, today: date) -> Plan:
    """What the table at `path` would do; with `create` who is not known becomes a new person.

    Raises Denied; DomainError unknown_column, no_naming or bad_table.
    """
    by.require("members.edit")
    fields = fields_in(by)
    columns, rows = read_table(path, known_columns(fields))
    lines = [Line(number, {columns[name]: text.strip() for name, text in cells.items()}) for number, cells in rows]
    for start in range(0, len(lines), CHUNK):
        part = lines[start : start + CHUNK]
        find_people(by, part, create)
        leave_out(by, part)
        _changes(by, part, fields, today)
    _once(lines)
    return Plan(lines)


def known_columns(fields: Collection[Definition]) -> dict[str, str]:
    """What a column may be called (in small letters) -> the field or naming column it means."""
    found = {alias.casefold(): key for key, aliases in NAMING.items() for alias in aliases}
    for each in fields:
        for name in (each.title.en, each.title.zh, each.key):
            found[name.casefold()] = each.key
    return found


def read_table(path: Path, known: Mapping[str, str]) -> tuple[dict[str, str], list[tuple[int, Cells]]]:
    """What each column of the table means, by its head, and its lines with their numbers; `known` is what a head may say in small letters.

    Raises DomainError unknown_column, no_naming or bad_table.
    """

    def is_header(cells: Sequence[str]) -> bool:
        return sum(each.strip().casefold() in known for each in cells) > 1

    problems: list[Problem] = []
    file = File(path.name, path.stat().st_size, lambda: path.open("rb"))
    refuse_junk(file)
    table = open_table(file, problems, is_header)
    if table is None or problems:
        reason = problems[0].message if problems else Words("表格是空的", "the table is empty")
        raise DomainError("bad_table", reason, field="file")
    # A name that stands there again has its position behind it.
    columns = {
        name: known.get(name.casefold()) or known.get(name.partition("#")[0].casefold(), "") for name in table.header
    }
    _check_columns(columns, known)
    rows = []
    for number, cells in table.rows:
        rows.append((number, cells))
        if len(rows) > MOST_LINES:
            message = Words("超过 {n} 行；请分几次导入", "more than {n} lines; import it in parts")
            raise DomainError("bad_table", message.fill(n=MOST_LINES), field="file")
    return columns, rows


def _check_columns(columns: Mapping[str, str], known: Mapping[str, str]) -> None:
    for name, key in columns.items():
        if not key:
            raise no_column(name, ", ".join(known), known)
    keys = list(columns.values())
    twice = next((name for name, key in columns.items() if keys.count(key) > 1), "")
    if twice:
        raise column_twice(twice)
    if not {"member_id", "phone", "platform_id", "name"} & set(keys):
        message = Words(
            "缺少能认出是谁的列：成员编号、手机号、平台和平台账号，或社群和名称",
            "no column says who it is: member id, phone, platform and platform id, or community and name",
        )
        raise DomainError("no_naming", message, field="file")


def find_people(by: Scope, lines: Sequence[Line], create: bool) -> None:
    """Says of not too many lines whom each is about, or what is wrong with that; with `create` who is not known is new."""
    ways = (_by_id(by, lines), _by_account(by, lines), _by_phone(by, lines), _by_name(by, lines))
    told = {member for way in ways for several in way.values() for member in several}
    names = dict(Member.objects.filter(pk__in=told).values_list("pk", "name"))
    mine = set(editable(by).filter(member__in=told).values_list("member", flat=True))
    for line in lines:
        _decide(line, [way[line.number] for way in ways if line.number in way], create)
        if line.member is not None:
            line.who = names[line.member]
            if line.member not in mine:
                line.problems.append(Words("您不能编辑这个人的资料", "you may not edit this person’s profile"))


def _decide(line: Line, found: list[set[int]], create: bool) -> None:
    some = [each for each in found if each]
    agreed = set.intersection(*some) if some else set()
    if len(agreed) == 1:
        line.member = agreed.pop()
    elif some and not agreed:
        line.problems.append(Words("几列认出的不是同一个人", "its columns name different people"))
    elif some:
        line.problems.append(Words("符合的不止一人", "several people fit"))
    elif not create:
        line.problems.append(Words("没有找到这个人", "nobody like this is known"))
    elif line.cells.get("member_id"):
        line.problems.append(Words("没有这个成员编号", "there is no such member id"))
    elif not line.cells.get("name"):
        line.problems.append(Words("新增的人需要名称", "somebody new needs a name"))
    else:
        line.new, line.who = True, line.cells["name"][:255]


Found = dict[int, set[int]]


def _by_id(by: Scope, lines: Sequence[Line]) -> Found:
    wanted = {each.cells["member_id"] for each in lines if each.cells.get("member_id")}
    known = dict(people(by).filter(public_id__in=wanted).values_list("public_id", "pk")) if wanted else {}
    return {each.number: {known[each.cells["member_id"]]} for each in lines if each.cells.get("member_id") in known}


def _by_account(by: Scope, lines: Sequence[Line]) -> Found:
    keys = {each.cells["platform_id"] for each in lines if each.cells.get("platform_id")}
    known: dict[tuple[str, str], set[int]] = defaultdict(set)
    for each in accounts(by, keys):
        known[each.platform, each.id].add(each.member)
        known["", each.id].add(each.member)
    return {
        each.number: known.get((each.cells.get("platform", "").casefold(), each.cells["platform_id"]), set())
        for each in lines
        if each.cells.get("platform_id")
    }


def _by_phone(by: Scope, lines: Sequence[Line]) -> Found:
    numbers = {each.number: phone(each.cells.get("phone", "")) for each in lines}
    hashes = {number: hashed(text, settings.SECRET_KEY) for number, text in numbers.items() if text}
    known: dict[str, set[int]] = defaultdict(set)
    held = Mark.objects.filter(kind="phone", value__in=set(hashes.values()))
    for value, member in held.values_list("value", "identity__member"):
        known[value].add(member)
    seen = set(people(by).filter(pk__in=set().union(*known.values())).values_list("pk", flat=True)) if known else set()
    return {number: known[value] & seen for number, value in hashes.items() if value in known}


def _by_name(by: Scope, lines: Sequence[Line]) -> Found:
    named = [each for each in lines if each.cells.get("community") and each.cells.get("name")]
    here = communities_where(by, "members.view").filter(name__in={each.cells["community"] for each in named})
    there = Identity.objects.filter(memberships__community__in=here, name__in={each.cells["name"] for each in named})
    known: dict[tuple[str, str], set[int]] = defaultdict(set)
    if named:
        for community, name, member in there.values_list("memberships__community__name", "name", "member"):
            known[community, name].add(member)
    return {each.number: known.get((each.cells["community"], each.cells["name"]), set()) for each in named}


def _changes(by: Scope, lines: list[Line], fields: Collection[Definition], today: date) -> None:
    found = profiles(by, {each.member for each in lines if each.member is not None}, fields, reveal=True)
    units, homes = unit_paths(), _homes(by, {each.member for each in lines if each.member is not None})
    for line in lines:
        present = {each.field.key: each for each in found.get(line.member or 0, [])}
        for each in fields:
            if not line.cells.get(each.key):
                continue
            above = units[each.unit] if each.unit is not None else ""
            if line.member is None or any(path.startswith(above) for path in homes[line.member]):
                _change(line, each, present.get(each.key), today)
            else:
                message = Words("“{name}”不是这个人所在单位的字段", "“{name}” is no field of this person’s units")
                line.problems.append(
                    Words(message.zh.format(name=each.title.zh), message.en.format(name=each.title.en))
                )


def _homes(by: Scope, members: Collection[int]) -> dict[int, set[str]]:
    """The paths of the units that each member belongs to, and "" for what everybody has."""
    found: dict[int, set[str]] = {each: {""} for each in members}
    here = communities_where(by, "members.view")
    there = Membership.objects.filter(identity__member__in=members, community__in=here)
    bought = Identity.objects.filter(member__in=members, orders__isnull=False)
    for member, path in there.values_list("identity__member", "community__unit__path").distinct():
        found[member].add(path)
    for member, path in bought.values_list("member", "orders__unit__path").distinct():
        found[member].add(path)
    units = unit_paths()
    for member, platform in contacts(by).filter(member__in=members).values_list("member", "platform"):
        found[member].add(units.get(int(platform.removeprefix(CONTACT)), ""))
    return found


def _change(line: Line, field: Definition, present: Answer | None, today: date) -> None:
    """What the cell would write; an empty cell, and the mask (or the note) that an export shows, leave things as they are."""
    before = present.told.value or "" if present and present.told else ""
    text = line.cells[field.key]
    if (field.sensitive and before and text == masked(field, before)) or text in (NOT_READABLE.zh, NOT_READABLE.en):
        return
    try:
        value = parsed(field, text, today)
    except DomainError as error:
        line.problems.append(error.message)
        return
    if value != before:
        line.values[field.key] = value
        line.changes.append((field, before, value))


def _once(lines: list[Line]) -> None:
    """Two lines about one person could contradict one another."""
    first: dict[int, int] = {}
    for line in lines:
        if line.member is not None:
            before = first.setdefault(line.member, line.number)
            if before != line.number:
                message = Words("与第 {n} 行是同一个人", "the same person as on line {n}")
                line.problems.append(message.fill(n=before))
