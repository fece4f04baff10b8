"""Member lists of communities: who is in which group, since when, in which role, through which channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from qunyu.events.cell_times import DateOrder, moment
from qunyu.events.cells import Unreadable, identifier, is_blank, unwrapped
from qunyu.events.files import File
from qunyu.events.member_columns import MEMBERS, role_of
from qunyu.events.phones import phone
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.rows import MemberRow, Role
from qunyu.events.table_dates import order_of_dates
from qunyu.events.tables import Opened, certainty, open_kind
from qunyu.kernel.words import Words

# Beyond this many different words the column holds no roles, and naming more of them helps nobody.
MAX_WORDS = 50


class Names(NamedTuple):
    """What the file calls each of our columns; empty where it has none."""

    community: str = ""
    member_id: str = ""
    name: str = ""
    joined_at: str = ""
    left_at: str = ""
    role: str = ""
    channel: str = ""
    phone: str = ""
    union_id: str = ""
    platform: str = ""


def recognise(file: File, options: ReadOptions) -> float:
    """Sure when a header has a person and what only a member list tells: joining, leaving, role in the group."""
    return certainty(file, options, MEMBERS)


def read(file: File, options: ReadOptions) -> Iterator[MemberRow | Problem]:
    """A row per person; a time that cannot be read is a Problem and the row comes without it."""
    problems: list[Problem] = []
    opened = open_kind(file, options, MEMBERS, problems)
    if opened is not None:
        rows = _Members(opened, file, options, problems)
        for line, row in opened.table.rows:
            found = rows.member(line, row)
            yield from problems
            problems.clear()
            yield found
    yield from problems


class _Members:
    def __init__(self, opened: Opened, file: File, options: ReadOptions, problems: list[Problem]) -> None:
        def reopen() -> Opened | None:
            return open_kind(file, options, MEMBERS, [])

        self.names = Names(**opened.columns.names)
        self.file = file.name
        self.zone = options.source_zone
        # A list of one group seldom repeats the group's name on every row.
        self.community = options.community or file.stem
        self.problems = problems
        self.order: DateOrder = order_of_dates(reopen, "joined_at", options, file.name, problems)
        self._unknown_words: set[str] = set()

    def member(self, line: int, row: Mapping[str, str]) -> MemberRow | Problem:
        names, cell = self.names, row.get
        try:
            member_id = identifier(cell(names.member_id, ""))
        except Unreadable as error:
            self.problems.append(Problem(error.code, self.file, line, error.data))
            member_id = ""
        name = unwrapped(cell(names.name, ""))
        if not (member_id or name):
            return Problem("missing_field", self.file, line, {"field": "member_id" if names.member_id else "name"})
        return MemberRow(
            unwrapped(cell(names.community, "")) or self.community,
            member_id,
            name,
            self._time(cell(names.joined_at, ""), line),
            self._time(cell(names.left_at, ""), line),
            self._role(cell(names.role, ""), line),
            cell(names.channel, "").strip(),
            phone(cell(names.phone, "")),
            cell(names.union_id, "").strip(),
            cell(names.platform, "").strip(),
            None,
            line,
        )

    def _time(self, text: str, line: int) -> datetime | None:
        if is_blank(text):
            return None
        try:
            return moment(text, self.zone, self.order)
        except Unreadable as error:
            self.problems.append(Problem(error.code, self.file, line, error.data))
            return None

    def _role(self, words: str, line: int) -> Role:
        if is_blank(words):
            return "member"
        known = role_of(words)
        word = words.strip()[:40]
        if known is None and word not in self._unknown_words and len(self._unknown_words) < MAX_WORDS:
            self._unknown_words.add(word)
            self.problems.append(Problem("unknown_role", self.file, line, {"value": word}))
        return known or "member"


READERS = (
    Reader(
        key="members",
        platform="members",
        title=Words("群成员表（CSV、XLSX）", "Member lists (CSV or XLSX)"),
        recognise=recognise,
        read=read,
        yields="members",
        example=Example(
            "群成员.csv",
            (
                "群名称,外部联系人ID,成员昵称,成员类型,入群时间,入群方式,退群时间,手机号\n"
                "茶友一群,wm-a1,小茶,外部联系人,2026-03-01 09:05:00,扫描群二维码,,13800138000\n"
                "茶友一群,zhang,张店长,群主,2026/2/1,,,\n"
                "茶友一群,wm-b2,阿福,客户,2026-02-30 10:00,邀请链接,2026-03-05 08:00,139****0000\n"
                "茶友一群,,,客户,2026-03-02 10:00,,,\n"
            ).encode(),
            {"memberrow": 3, "problem": 2},
        ),
    ),
)
