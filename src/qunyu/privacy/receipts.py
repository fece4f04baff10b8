"""Receipts: signed proof of what an erasure did, without a word about whom."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.sealed import keyed
from qunyu.kernel.words import Words
from qunyu.privacy.models import Receipt
from qunyu.privacy.requests import require_officer

PURPOSE = "erasure receipt"
UNREADABLE = Words("这不是删除回执文件", "this is no receipt of an erasure")


def signed(body: Mapping[str, Any]) -> str:
    """The signature of a receipt: an HMAC with the deployment's key over its canonical JSON."""
    return keyed(json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True), PURPOSE)


def document(receipt: Receipt) -> dict[str, Any]:
    """The receipt as it is handed out."""
    return {**receipt.body, "signature": receipt.signature}


def is_genuine(given: object) -> bool:
    """Whether a receipt was made by this deployment and not changed since.

    Raises DomainError bad_receipt for what is no receipt at all.
    """
    if not isinstance(given, dict) or not isinstance(given.get("signature"), str):
        raise DomainError("bad_receipt", UNREADABLE)
    body = {key: value for key, value in given.items() if key != "signature"}
    return hmac.compare_digest(signed(body), given["signature"])


def find_receipt(scope: Scope, public_id: str) -> Receipt:
    """The receipt with that public id.

    Raises Denied; DomainError unknown_receipt.
    """
    require_officer(scope)
    found = Receipt.objects.filter(public_id=public_id).select_related("request").first()
    if found is None:
        message = Words("没有编号为“{id}”的回执", "there is no receipt with the id “{id}”")
        raise DomainError("unknown_receipt", message.fill(id=public_id), id=public_id)
    return found
