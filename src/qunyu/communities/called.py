"""Called: communities that go by a person's id or name, and what is left of that when the person's data are erased."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from qunyu.communities.actions import Pair
from qunyu.communities.models import Community
from qunyu.kernel.personal import ERASED, Person
from qunyu.kernel.platform_ids import chat_ids, chat_keys, keyed_id

# Texts that may name somebody, and how long they can be.
_WORDS = {"name": 255, "theme": 60}
CHUNK = 1_000


def called_after(person: Person, ids: Collection[Pair]) -> Iterator[tuple[Community, dict[str, str]]]:
    """Each community that is a chat with a person known by these `ids` (platform, id), or whose name, theme or key names them; with the fields without that.

    Of such a key the keyed hash stays, by which imports find the community again.
    """
    known, hashed = set(ids), _hashed(ids)
    for row in Community.objects.order_by("pk").iterator(chunk_size=CHUNK):
        clear = row.readable_key
        partner = (row.platform, row.key) in hashed or any((row.platform, id) in known for id in chat_ids(clear or ""))
        if told := _without(row, person, clear, partner):
            yield row, told


def _hashed(ids: Collection[Pair]) -> set[Pair]:
    """What the database has for the keys of their chats."""
    return {(platform, keyed_id(key)) for platform, id in ids for key in chat_keys(id)}


def _without(row: Community, person: Person, clear: str | None, partner: bool) -> dict[str, str]:
    told = {field: person.without(getattr(row, field))[:longest] for field, longest in _WORDS.items()}
    told = {field: text for field, text in told.items() if text != getattr(row, field)}
    if row.sealed and partner:
        # A chat with one person goes by that person's name, whatever others call them.
        told |= {"sealed": ""} if "," in (clear or "") else {"sealed": "", "name": ERASED}
    elif not row.sealed and (partner or person.without(row.key) != row.key):
        told["key"] = keyed_id(row.key)
    return told


def forget_chats(person: Person, ids: Collection[Pair]) -> int:
    """Takes a person out of what communities are called; how many that changed. Again changes nothing."""
    found = [(row.pk, told) for row, told in called_after(person, ids)]
    return sum(Community.objects.filter(pk=key).update(**told) for key, told in found)


def chats_with(ids: Collection[Pair]) -> list[dict[str, str | None]]:
    """The chats that are named by one of these ids of a person, as their copy tells of them: platform, key, name."""
    hashed = _hashed(ids)
    rows = Community.objects.filter(key__in={key for _, key in hashed}).exclude(sealed="").order_by("pk")
    mine = [each for each in rows if (each.platform, each.key) in hashed]
    return [{"platform": each.platform, "key": each.readable_key, "name": each.name} for each in mine]
