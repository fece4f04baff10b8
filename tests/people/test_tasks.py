"""The accounts' jobs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from qunyu.people.tasks import forget_sessions


@pytest.mark.django_db
def test_only_sessions_that_have_ended_are_removed() -> None:
    now = timezone.now()
    for key, left in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(days=left))
    forget_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
