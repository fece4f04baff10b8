"""The stop list: keyed hashes of what erased people were known by, so that no import brings them back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from qunyu.jobs.port import load
from qunyu.kernel import audit
from qunyu.kernel.scope import Scope
from qunyu.kernel.sealed import keyed
from qunyu.privacy.models import Request, Stopped
from qunyu.privacy.requests import needed_reason, require_officer

PURPOSE = "stop list"


def stop(request: Request, known_as: Collection[str]) -> None:
    """Keeps imports from bringing back who was known as `known_as` (see the holders' `stops`). Again changes nothing."""
    Stopped.objects.bulk_create(
        [Stopped(request=request, digest=keyed(each, PURPOSE)) for each in sorted(known_as)], ignore_conflicts=True
    )


def anybody_stopped() -> bool:
    """Whether the list holds anything: mostly it is empty, and nobody has to look anything up."""
    return Stopped.objects.filter(lifted_at=None).exists()


def stopped(known_as: Collection[str]) -> set[str]:
    """Those of `known_as` that an import must leave out."""
    listed = set(Stopped.objects.filter(lifted_at=None).values_list("digest", flat=True))
    if not listed:
        return set()
    return {each for each in known_as if keyed(each, PURPOSE) in listed}


def lift(*, by: Scope, request: Request, reason: str, now: datetime) -> int:
    """Lets imports bring the person of an erasure in again, who came back by themselves; how many entries of the list ended.

    What was erased stays so: imports add nothing that they had added before. Raises Denied; DomainError reason_needed.
    """
    load()
    require_officer(by)
    why = needed_reason(reason)
    with transaction.atomic():
        count = Stopped.objects.filter(request=request, lifted_at=None).update(lifted_at=now)
        if count:
            audit.record(
                by=by.actor, action="privacy.lift", kind="privacy_request", id=request.pk, now=now, count=count
            )
            Request.objects.filter(pk=request.pk).update(note=why)
    return count


def stop_list_size() -> int:
    """How many ids imports leave out."""
    return Stopped.objects.filter(lifted_at=None).values("digest").distinct().count()
