"""Direct chats: communities that their platform names by a person's id."""

from __future__ import annotations

import re
from collections.abc import Collection

from qunyu.communities.actions import seal_keys
from qunyu.communities.queries import open_keys
from qunyu.kernel.platform_ids import chat_ids, chat_partners
from qunyu.kernel.scope import Scope
from qunyu.members.matching import CHUNK
from qunyu.members.models import Identity

# WeChat's own ids of people, and the number that WhatsApp calls somebody by whom nobody has among their contacts.
_OF_PEOPLE = re.compile(r"wxid_.*|\+\d[\d ().\-\u00a0\u2011]{6,20}", re.DOTALL)


def direct_chats(
    pairs: Collection[tuple[str, str]], known_as: Collection[tuple[str, str]] = ()
) -> set[tuple[str, str]]:
    """Those (platform, key) of chats that are somebody's id there: by their looks, of people known, or of those an import names (platform, id)."""
    partners = {pair: chat_partners(pair[1]) for pair in pairs}
    hashes, known, given = sorted(set[str]().union(*partners.values())), set[tuple[str, str]](), set(known_as)
    for start in range(0, len(hashes), CHUNK):
        rows = Identity.objects.filter(community=None, key__in=hashes[start : start + CHUNK])
        known |= set(rows.values_list("platform", "key"))
    return {
        (platform, key)
        for (platform, key), ids in partners.items()
        if _OF_PEOPLE.fullmatch(key)
        or {(platform, id) for id in chat_ids(key)} & given
        or {(platform, id) for id in ids} & known
    }


def seal_direct_chats(*, by: Scope, platforms: Collection[str], told: Collection[tuple[str, str]] = ()) -> None:
    """Seals the keys of chats with people who became known since, and of those (platform, key) that an export says are such.

    Raises Denied.
    """
    open_ones = {(each.platform, each.key): each for each in open_keys(platforms)}
    found = direct_chats(open_ones) | (open_ones.keys() & set(told))
    seal_keys(by=by, communities=[open_ones[pair] for pair in found])
