"""Tables of tags: who each line is about, which tags it would put on them, and what is wrong with it. Nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.matching import chunks
from qunyu.members.profile_table import NAMING, Line, find_people, read_table
from qunyu.members.rules.tags import BETWEEN, LONGEST_REASON, folded
from qunyu.members.tag_naming import named_tag
from qunyu.members.tag_queries import carried, tags_in
from qunyu.members.tagging import reached

if TYPE_CHECKING:
    from qunyu.members.models import Tag

CHUNK = 500
# The columns besides those that say who it is, by what they may be called; a column may also be called as a group of tags.
OWN: dict[str, tuple[str, ...]] = {
    "phone": ("phone", "手机号"),
    "group": ("group", "标签组", "组"),
    "tag": ("tag", "标签", "tags"),
    "reason": ("reason", "原因", "why"),
    # What an export says besides.
    "": ("source", "来源", "by", "打标签的人", "at", "时间"),
}
_GROUP = "group:"


@dataclass
class TagLine(Line):
    """One line, with the tags it would put and, where it says so, why; `there` of them are on the person already."""

    tags: list[Tag] = field(default_factory=list)
    reason: str = ""
    there: int = 0


@dataclass(frozen=True)
class TagPlan:
    """Everything a table would do, line by line."""

    lines: list[TagLine]

    @property
    def wrong(self) -> list[TagLine]:
        """The lines that cannot be done."""
        return [each for each in self.lines if each.problems]

    @property
    def good(self) -> list[TagLine]:
        """The lines that put a tag on somebody."""
        return [each for each in self.lines if not each.problems and each.tags]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines, people and tags on them it would put, lines that change nothing and lines that are wrong."""
        return {
            "lines": len(self.lines),
            "people": len({each.member for each in self.good}),
            "tags": sum(len(each.tags) for each in self.good),
            "same": len(self.lines) - len(self.good) - len(self.wrong),
            "wrong": len(self.wrong),
        }


def plan_tags(by: Scope, path: Path) -> TagPlan:
    """What the table at `path` would do.

    Raises Denied; DomainError unknown_column, no_naming or bad_table.
    """
    by.require("members.edit")
    tags = tags_in(by)
    columns, rows = read_table(path, _known(tags))
    _check(columns)
    lines = [TagLine(number, _cells(columns, cells)) for number, cells in rows]
    for start in range(0, len(lines), CHUNK):
        part = lines[start : start + CHUNK]
        find_people(by, part, False)
        for line in part:
            _name(line, tags)
        _reach(by, part)
    _single(lines)
    return TagPlan(lines)


def _known(tags: Sequence[Tag]) -> dict[str, str]:
    found = {f"{each.group.name}".casefold(): f"{_GROUP}{each.group.name}" for each in tags}
    for columns in (NAMING, OWN):
        found |= {alias.casefold(): key or f"ignored:{alias}" for key, aliases in columns.items() for alias in aliases}
    return found


def _check(columns: dict[str, str]) -> None:
    if "tag" not in columns.values() and not any(each.startswith(_GROUP) for each in columns.values()):
        message = Words(
            "没有标签：需要“标签”列（可另加“标签组”列），或以标签组命名的列",
            "no column holds tags: one called tag (and perhaps one called group), or columns called as groups of tags",
        )
        raise DomainError("no_tags", message, field="file")


def _cells(columns: dict[str, str], cells: dict[str, str]) -> dict[str, str]:
    return {columns[name]: text.strip() for name, text in cells.items()}


def _name(line: TagLine, tags: Sequence[Tag]) -> None:
    """Says which tags a line names."""
    wanted = [(line.cells.get("group", ""), text) for text in _several(line.cells.get("tag", ""))]
    for column, text in line.cells.items():
        if column.startswith(_GROUP):
            wanted += [(column.removeprefix(_GROUP), each) for each in _several(text)]
    for group, text in wanted:
        mine = [each for each in tags if not group or each.group.folded == folded(group)]
        try:
            found = named_tag(mine, text)
        except DomainError as error:
            line.problems.append(error.message)
            continue
        if found not in line.tags:
            line.tags.append(found)
    line.reason = line.cells.get("reason", "")
    if len(line.reason) > LONGEST_REASON:
        line.problems.append(Words("原因最多 {n} 个字", "a reason has at most {n} characters").fill(n=LONGEST_REASON))
    if not wanted:
        line.problems.append(Words("没有写标签", "it names no tag"))


def _several(text: str) -> list[str]:
    # A slash stands between a group and its tag.
    return [
        each.strip()
        for each in BETWEEN.sub(lambda found: "/" if found[0] == "/" else "\n", text).split("\n")
        if each.strip()
    ]


def _reach(by: Scope, lines: Sequence[TagLine]) -> None:
    """Finds tags that are not for somebody, and those that are there already."""
    members = {each.member for each in lines if each.member is not None}
    named = {tag.pk: tag for line in lines for tag in line.tags}
    near = {key: {one for part in chunks(members) for one in reached(by, tag, part)} for key, tag in named.items()}
    on = carried(by, members, list(named.values())) if named else {}
    for line in lines:
        if line.member is None:
            continue
        for tag in line.tags:
            if line.member not in near[tag.pk] and not line.problems:
                message = Words("“{name}”不适用于这个人所在的单位", "“{name}” is not for this person’s units")
                line.problems.append(message.fill(name=tag.name))
        present = {each.tag.pk for each in on.get(line.member, []) if not each.overruled and each.source != "rule"}
        before = len(line.tags)
        line.tags = [each for each in line.tags if each.pk not in present]
        line.there = before - len(line.tags)


def _single(lines: Sequence[TagLine]) -> None:
    """Two tags of one exclusive group for one person contradict one another; twice the same tag is put once."""
    first: dict[tuple[int, int], tuple[int, int]] = {}
    for line in lines:
        for tag in list(line.tags):
            if line.member is None or line.problems:
                continue
            key = (line.member, tag.group_id if tag.group.exclusive else -tag.pk)
            before, number = first.setdefault(key, (tag.pk, line.number))
            if before != tag.pk:
                message = Words(
                    "与第 {n} 行冲突：“{name}”一组只能有一个",
                    "it contradicts line {n}: of “{name}” a person carries one",
                )
                line.problems.append(message.fill(n=number, name=tag.group.name))
            elif number != line.number:
                line.tags.remove(tag)
