"""Sealed: short texts that lie encrypted in the database, readable only with the deployment's secret key."""

from __future__ import annotations

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

_NONCE = 12
_VERSION = "1:"
UNREADABLE = Words(
    "这项加密内容无法解读：它是用另一个密钥加密的；请恢复原来的 QUNYU_SECRET_KEY（或数据目录中的 secret.key）",
    "this encrypted value cannot be read: it was sealed under another key; restore the former QUNYU_SECRET_KEY (or secret.key in the data folder)",
)

# What stands in the place of such a value, where it is one of many.
NOT_READABLE = Words("无法读取：是用另一个密钥加密的", "cannot be read: sealed under another key")


def seal(text: str, purpose: str) -> str:
    """`text` encrypted (AES-256-GCM under a key derived for `purpose`), as ASCII; never twice the same.

    What is sealed for one purpose cannot be opened for another. About 1.4 times as long, and 45 characters more.
    Source: NIST SP 800-38D, section 8.2.2 (96 random bits as nonce); RFC 5869 (HKDF).
    """
    nonce = os.urandom(_NONCE)
    return _VERSION + urlsafe_b64encode(nonce + _cipher(purpose).encrypt(nonce, text.encode(), None)).decode()


def unseal(sealed: str, purpose: str) -> str:
    """The text that `seal` encrypted for `purpose`.

    Raises DomainError sealed_elsewhere when it was changed, or sealed under another key or for another purpose.
    """
    try:
        raw = urlsafe_b64decode(sealed.removeprefix(_VERSION))
        return _cipher(purpose).decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
    except (InvalidTag, NotBase64, ValueError):
        raise DomainError("sealed_elsewhere", UNREADABLE) from None


def readable(sealed: str, purpose: str) -> str | None:
    """As `unseal`; None for what was changed or sealed under another key."""
    try:
        return unseal(sealed, purpose)
    except DomainError:
        return None


def keyed(text: str, purpose: str) -> str:
    """HMAC-SHA-256 of `text` under a key derived for `purpose`, in hexadecimal: finds an equal text again and does not tell it.

    Source: RFC 2104 (HMAC); RFC 5869 (HKDF).
    """
    return hmac.digest(_key(settings.SECRET_KEY, purpose), text.encode(), "sha256").hex()


def _cipher(purpose: str) -> AESGCM:
    return _cipher_under(settings.SECRET_KEY, purpose)


# Hundreds of thousands of ids are sealed at once.
@cache
def _cipher_under(secret: str, purpose: str) -> AESGCM:
    return AESGCM(_key(secret, purpose))


@cache
def _key(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"qunyu sealed {purpose}".encode()).derive(secret.encode())
