"""Limits on guessing passwords: how many failures within a quarter of an hour close the door, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from qunyu.console.models import SignInFailure

WINDOW = timedelta(minutes=15)
# A person mistypes a few times; many names from one place, or many places for one name, are a guesser.
PER_NAME_AND_ADDRESS = 5
PER_ADDRESS = 50
PER_NAME = 50


def waits_until(name: str, address: str, now: datetime) -> datetime | None:
    """When `name` may try again from `address`; None when it may now."""
    recent = SignInFailure.objects.filter(at__gt=now - WINDOW)
    mine, here = recent.filter(name=_digest(name)), recent.filter(address=address)
    checks = ((mine.filter(address=address), PER_NAME_AND_ADDRESS), (here, PER_ADDRESS), (mine, PER_NAME))
    ends = [
        times[most - 1] + WINDOW
        for rows, most in checks
        if len(times := list(rows.order_by("-at").values_list("at", flat=True)[:most])) == most
    ]
    return max(ends, default=None)


@transaction.atomic
def note_failure(name: str, address: str, now: datetime) -> None:
    """Counts a wrong password and forgets those that no longer count."""
    SignInFailure.objects.filter(at__lte=now - WINDOW).delete()
    SignInFailure.objects.create(name=_digest(name), address=address, at=now)


def forget_failures(name: str, address: str) -> None:
    """After the right password the count begins anew."""
    SignInFailure.objects.filter(name=_digest(name), address=address).delete()


def _digest(name: str) -> str:
    return sha256(name.strip().casefold().encode()).hexdigest()
