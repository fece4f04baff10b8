"""Phones: one spelling per number, so that the same person's orders and memberships meet."""

from __future__ import annotations

import hmac
import re
from hashlib import sha256

from qunyu.events.cells import Unreadable, identifier

# A number with an extension is the platform's relay, not the buyer's; it changes with every order.
_RELAY = re.compile(r"(?:\+?86[-\s]?)?1\d{10}\s*(?:[-,，#]|转|ext\.?)\s*\d{2,6}", re.IGNORECASE)
_PHONE = re.compile(r"[+0-9(][-\d\s().]{5,23}", re.ASCII)
_MAINLAND = re.compile(r"1[3-9]\d{9}")


def phone(text: str) -> str:
    """Digits of a phone number, +86 / 0086 / 86 taken off mainland mobiles, another country's code kept with its plus.

    Empty for what names nobody: blanks, masked numbers (138****1234), relay numbers with an extension, other text.
    """
    try:
        bare = identifier(text)
    except Unreadable:
        return ""
    if not bare or _RELAY.fullmatch(bare) or not _PHONE.fullmatch(bare):
        return ""
    digits = re.sub(r"\D", "", bare)
    abroad = bare.startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00")
    if digits.startswith("86") and _MAINLAND.fullmatch(digits[2:]):
        return digits[2:]
    if not 7 <= len(digits) <= 15:
        return ""
    return f"+{digits}" if abroad else digits


def hashed(number: str, secret: str) -> str:
    """What may be stored of a number for matching: its HMAC-SHA-256 under the deployment's key, in hexadecimal."""
    return hmac.new(secret.encode(), number.encode(), sha256).hexdigest()
