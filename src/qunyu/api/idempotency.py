"""Idempotency: a write sent again under the same Idempotency-Key is answered as before and not carried out again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Schema, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.models import KeptAnswer
from qunyu.jobs.port import load
from qunyu.kernel.errors import DomainError
from qunyu.kernel.sealed import seal, unseal
from qunyu.kernel.words import Words

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
MAX_KEY = 200
PURPOSE = "kept answer"
Operation = Callable[..., Any]


def repeatable(operation: Operation) -> Operation:
    """The operation, done once for each key and caller; reads, writes without a key, and what is `unkept` go straight through.

    The key and what was done under it are saved in one transaction: an operation that fails leaves the key unused.
    """

    @wraps(operation)
    def once(request: HttpRequest, **values: Any) -> Any:
        key = request.headers.get(HEADER)
        if key is None or request.method in ("GET", "HEAD", "OPTIONS") or getattr(operation, "unkept", False):
            return operation(request, **values)
        load()
        return _once(request, _checked(key), lambda: operation(request, **values))

    return once


def unkept(operation: Operation) -> Operation:
    """Marks an operation whose answer may not lie in the database; asked for again it is done again."""
    operation.unkept = True  # type: ignore[attr-defined]
    return operation


def _once(request: HttpRequest, key: str, carry_out: Callable[[], Any]) -> HttpResponse:
    actor, mark, now = scope_of_request(request).actor.key, fingerprint(request), timezone.now()
    with transaction.atomic():
        answer, first = _claimed(actor, key, mark, now)
        if not first:
            return _repeated(answer, mark)
        status, body = _rendered(carry_out())
        KeptAnswer.objects.filter(pk=answer.pk).update(status=status, body=seal(body, PURPOSE))
    return _response(status, body)


def _claimed(actor: str, key: str, mark: str, now: datetime) -> tuple[KeptAnswer, bool]:
    KeptAnswer.objects.filter(created_at__lte=now - KEPT).delete()
    fresh = {"fingerprint": mark, "created_at": now}
    return KeptAnswer.objects.get_or_create(actor=actor, key=key, defaults=fresh)


def _repeated(answer: KeptAnswer, mark: str) -> HttpResponse:
    if answer.fingerprint != mark:
        message = Words(
            "这个 Idempotency-Key 已用于另一个请求；请换一个",
            "this Idempotency-Key was used for another request; take a new one",
        )
        raise DomainError("idempotency_key_reused", message, field=HEADER)
    response = _response(answer.status, unseal(answer.body, PURPOSE))
    response["Idempotency-Replayed"] = "true"
    return response


def _rendered(result: Status[Schema | None] | Schema) -> tuple[int, str]:
    if isinstance(result, Status):
        return result.status_code, result.value.model_dump_json() if result.value is not None else ""
    return HTTPStatus.OK.value, result.model_dump_json()


def _response(status: int, body: str) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")


def _checked(key: str) -> str:
    if not key.strip() or len(key) > MAX_KEY or "\0" in key:
        message = Words("Idempotency-Key 须有 1 至 {n} 个字符", "an Idempotency-Key has 1 to {n} characters")
        raise DomainError("bad_idempotency_key", message.fill(n=MAX_KEY), field=HEADER)
    return key


def fingerprint(request: HttpRequest) -> str:
    """SHA-256 of the method, the address and what was sent; a form counts by its fields, as its boundaries vary."""
    digest = sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if not (request.content_type or "").startswith("multipart/"):
        digest.update(request.body)
        return digest.hexdigest()
    for field, values in sorted(request.POST.lists()):
        digest.update(repr((field, values)).encode())
    for field, files in sorted(request.FILES.lists()):
        for file in files:
            inner = sha256()
            for chunk in file.chunks():
                inner.update(chunk)
            digest.update(repr((field, file.name, inner.hexdigest())).encode())
    return digest.hexdigest()
