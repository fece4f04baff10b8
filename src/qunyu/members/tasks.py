"""Jobs of members."""

from __future__ import annotations

from django.utils import timezone

from qunyu.jobs.port import job
from qunyu.members import profile_importing


@job("members.import_profiles")
def import_profiles(owner: int) -> None:
    """Does a waiting import of profiles."""
    profile_importing.run(key=owner, now=timezone.now())
