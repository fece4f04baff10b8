"""Tag naming: tags as people write them, group/tag, and which one they mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.rules.tags import folded

if TYPE_CHECKING:
    from qunyu.members.models import Tag


def written(tags: Sequence[Tag]) -> list[str]:
    """Each tag as group/tag; with the unit behind it where groups of several units are called the same. Their groups' units must be loaded."""
    plain = [f"{each.group.name}/{each.name}" for each in tags]
    several = {text for text in plain if plain.count(text) > 1}
    return [
        f"{text}/{each.group.unit.name}" if text in several else text for text, each in zip(plain, tags, strict=True)
    ]


def named_tag(tags: Sequence[Tag], text: str) -> Tag:
    """The tag of `tags` that `text` names: as `written`, or by its name alone where only one is called so; compared as names are.

    Raises DomainError no_such_tag with the field `tag`.
    """
    wanted = _folded(text)
    found = [each for each, told in zip(tags, written(tags), strict=True) if _folded(told) == wanted]
    found = found or [each for each in tags if each.folded == wanted]
    if len(found) != 1:
        several = Words(
            "有几个叫“{text}”的标签；请从列表里选", "several tags are called “{text}”; choose one of the list"
        )
        unknown = Words("没有标签“{text}”；请从列表里选", "there is no tag “{text}”; choose one of the list")
        raise DomainError("no_such_tag", (several if found else unknown).fill(text=text[:60]), field="tag")
    return found[0]


def _folded(text: str) -> str:
    return "/".join(folded(part) for part in text.split("/"))
