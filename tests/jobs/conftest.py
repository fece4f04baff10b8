"""Deployments with workers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.deployment_copies import Copy
from tests.jobs.deployment import Deployment

EFFECTS = "CREATE TABLE effects (what varchar(200))"


def _opened(deployment: Deployment, blocker: DjangoDbBlocker, patch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    """The deployment while this process's default connection leads to it."""
    import tests.jobs.chores  # noqa: F401

    patch.setattr(settings, "QUNYU_DATA", deployment.data)
    with blocker.unblock(), deployment.connected():
        with connection.cursor() as cursor:
            cursor.execute(EFFECTS)
        try:
            yield deployment
        finally:
            deployment.stop_workers()


@pytest.fixture
def deployment(copy: Copy, django_db_blocker: DjangoDbBlocker) -> Iterator[Deployment]:
    """A deployment of the test's own."""
    with pytest.MonkeyPatch.context() as patch:
        yield from _opened(copy(), django_db_blocker, patch)


@pytest.fixture(scope="module")
def staffed(copy: Copy, django_db_blocker: DjangoDbBlocker) -> Iterator[Deployment]:
    """A deployment with two workers, shared by the tests of one file."""
    with pytest.MonkeyPatch.context() as patch:
        for opened in _opened(copy(), django_db_blocker, patch):
            opened.start_worker()
            opened.start_worker()
            yield opened
