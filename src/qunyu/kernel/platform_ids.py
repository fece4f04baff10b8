"""Platform ids: what a platform calls somebody, kept as a keyed hash that finds it again and sealed for whoever may read it."""

from __future__ import annotations

from qunyu.kernel.sealed import keyed, readable, seal, unseal

PURPOSE = "platform id"
MASK = "••••"
_CODE = 6


def keyed_id(id: str) -> str:
    """What stands in the database for a stable id or a union id: equal for equal ids, on whatever platform."""
    return keyed(id, PURPOSE)


def sealed_id(id: str) -> str:
    """The id encrypted; never twice the same."""
    return seal(id, PURPOSE)


def opened_id(key: str, sealed: str) -> str:
    """The id that `sealed` holds; where nothing is sealed `key` itself, which is then a name or a key of ours.

    Raises DomainError sealed_elsewhere when it was sealed under another key.
    """
    return unseal(sealed, PURPOSE) if sealed else key


def readable_id(key: str, sealed: str) -> str | None:
    """As `opened_id`; None where it was sealed under another key."""
    return readable(sealed, PURPOSE) if sealed else key


def name_of(id: str) -> str:
    """What somebody without a name is called: the mask of their id, and of its hash what tells them from others masked alike."""
    return f"{masked_id(id)} {keyed_id(id)[:_CODE]}"


def chat_keys(id: str) -> set[str]:
    """What a platform may name a direct chat with that person by: Telegram leaves the "user" of an id out."""
    return {id, id.removeprefix("user")}


def chat_ids(key: str) -> set[str]:
    """The ids of people that a chat's key may be; Zulip names everybody who is in it."""
    several = key.removeprefix("direct:").split(",") if key.startswith("direct:") else []
    return {key, f"user{key}", *several}


def chat_partners(key: str) -> set[str]:
    """As `chat_ids`, hashed."""
    return {keyed_id(each) for each in chat_ids(key)}


def typable(name: str) -> str:
    """What to type in the place of a name: of one made of an id the end, for its dots are on no keyboard."""
    return name.rpartition(" ")[2] if MASK in name else name


def masked_id(id: str) -> str:
    """Enough of an id to recognise it by: its first and last two characters, of a short one the first and last, else none."""
    if len(id) < 5:
        return MASK
    shown = 2 if len(id) >= 8 else 1
    return f"{id[:shown]}{MASK}{id[-shown:]}"
