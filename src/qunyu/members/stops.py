"""Stops: what the stop list keeps of people and of the chats called after them, hashed, for whoever asks it."""

from __future__ import annotations

from qunyu.kernel.platform_ids import keyed_id


def stop_of(platform: str, home: str, key: str) -> str:
    """What the stop list keeps (hashed) of an identity; `home` is the community's key for a mere name, "" for a stable id."""
    return f"identity\x1f{platform}\x1f{home}\x1f{key}"


def stop_of_chat(platform: str, key: str) -> str:
    """What the stop list keeps (hashed) of a community that was called by somebody's id or name; `key` is the platform's for it."""
    return f"chat\x1f{platform}\x1f{keyed_id(key)}"


def stop_of_mark(kind: str, value: str) -> str:
    """What the stop list keeps (hashed) of a phone number's hash or a union id."""
    return f"mark\x1f{kind}\x1f{value}"
