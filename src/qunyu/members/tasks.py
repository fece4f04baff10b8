"""Jobs of members."""

from __future__ import annotations

from django.utils import timezone

from qunyu.jobs.port import job
from qunyu.members import profile_importing, tag_importing, tagging


@job("members.import_profiles")
def import_profiles(owner: int) -> None:
    """Does a waiting import of profiles."""
    profile_importing.run(key=owner, now=timezone.now())


@job("members.tag")
def tag(act: int) -> None:
    """Puts a tag on many people, or takes it off."""
    tagging.run(key=act, now=timezone.now())


@job("members.import_tags")
def import_tags(act: int) -> None:
    """Does a waiting import of tags."""
    tag_importing.run(key=act, now=timezone.now())
