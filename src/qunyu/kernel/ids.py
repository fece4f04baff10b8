"""Random public ids for addresses; integer keys stay inside."""

from __future__ import annotations

import secrets

# Without 0/O, 1/I/l: ids get read aloud and typed.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
PUBLIC_ID_LENGTH = 14


def new_public_id() -> str:
    """A random id of 14 letters and digits (69 bits)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(PUBLIC_ID_LENGTH))
