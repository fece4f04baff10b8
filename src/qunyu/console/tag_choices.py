"""Tag choices: what pickers of tags offer, and what the list of members says and asks of tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.http import QueryDict

from qunyu.console.lists import Chip, Column, without
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words, language
from qunyu.members.tag_filtering import Mode, Tagged
from qunyu.members.tag_naming import written
from qunyu.members.tag_queries import carried, tags_in

if TYPE_CHECKING:
    from qunyu.members.models import Tag

TAGS = Words("标签", "Tags")
MODES: dict[str, Words] = {
    "any": Words("带有任一", "Any of them"),
    "all": Words("全部带有", "All of them"),
    "none": Words("都不带", "None of them"),
}
ONE_OF = Words("单选组，会取代同组的标签", "one of its group: replaces the other")


@dataclass(frozen=True)
class Choice:
    """A tag as a picker offers it: `text` is what is typed or chosen, `note` what choosing it does besides."""

    tag: Tag
    text: str
    note: Words | None


def choices(tags: Sequence[Tag]) -> list[Choice]:
    """Every tag as a picker offers it."""
    return [
        Choice(each, text, ONE_OF if each.group.exclusive else None)
        for each, text in zip(tags, written(tags), strict=True)
    ]


@dataclass(frozen=True)
class TagFilter:
    """What the list's address asks of tags: `rows` are the groups with their tags and whether each is asked for."""

    tags: list[Tag]
    chosen: list[Tag]
    mode: Mode

    @property
    def wanted(self) -> Tagged:
        """As a query takes it."""
        return Tagged(self.chosen, self.mode)

    @property
    def rows(self) -> list[tuple[str, list[tuple[Tag, bool]]]]:
        """Each group's name with its tags and whether they are asked for."""
        found: dict[int, tuple[str, list[tuple[Tag, bool]]]] = {}
        for tag in self.tags:
            found.setdefault(tag.group_id, (tag.group.name, []))[1].append((tag, tag in self.chosen))
        return list(found.values())

    @property
    def modes(self) -> list[tuple[str, Words, bool]]:
        """How the tags are asked for: code, words, and whether it is so now."""
        return [(code, words, code == self.mode) for code, words in MODES.items()]

    def chips(self, given: QueryDict) -> list[Chip]:
        """One for each tag asked for, and how they are where there are several."""
        title = Words(*(f"{getattr(TAGS, each)} · {getattr(MODES[self.mode], each)}" for each in ("zh", "en")))
        return [Chip(title, tag.name, without(given, tag=tag.public_id)) for tag in self.chosen]


def tag_filter(given: QueryDict, scope: Scope) -> TagFilter:
    """What `given` asks of the tags that `scope` may see; tags out of sight are not asked for."""
    asked, mode = set(given.getlist("tag")), given.get("tags", "")
    tags = tags_in(scope)
    chosen = [each for each in tags if each.public_id in asked]
    return TagFilter(tags, chosen, cast(Mode, mode if mode in MODES else "any"))


def tag_column(tags: Sequence[Tag]) -> list[Column[Any]]:
    """The tags on a row on which `dress_with_tags` has put them; no column where there are no tags."""
    return [Column("tags", TAGS, lambda row: _listed(row) or "–", _listed)] if tags else []


def _listed(row: Any) -> str:
    return ("、" if language() == "zh" else ", ").join(row.tagged)


def dress_with_tags(scope: Scope, rows: Sequence[Any], tags: Sequence[Tag]) -> None:
    """Puts on members the names of the tags that count on them."""
    found = carried(scope, [row.pk for row in rows], tags) if tags else {}
    for row in rows:
        row.tagged = [each.tag.name for each in found.get(row.pk, []) if not each.overruled]
