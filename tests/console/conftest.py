"""A second community, in another unit, and reading a page."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from qunyu.communities.models import Community
from qunyu.people.models import Unit
from tests.deployment_fixtures import AddStaff, ImportFile, SignedIn

RUNNERS_CHAT = """\
02/03/2026, 10:00 - Ann created group "Runners"
02/03/2026, 10:01 - Ann: Who runs today?
02/03/2026, 10:02 - Bob: Not me
"""

# Random letters and digits, new in every answer: any short text may turn up in them by chance.
CSRF_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def read(response: object) -> str:
    """The page without its random tokens, for asking what is not in it."""
    return CSRF_TOKEN.sub("", response.content.decode())  # type: ignore[attr-defined]


@pytest.fixture
def runners(import_file: ImportFile, other_unit: Unit) -> Community:
    """A community of the other unit: Ann and Bob, 2 messages on 2 March."""
    import_file("WhatsApp Chat with Runners.txt", RUNNERS_CHAT, other_unit)
    return Community.objects.get(name="Runners")


@pytest.fixture
def owner(staff: AddStaff, signed_in: SignedIn, unit: Unit) -> Client:
    """A test client of the group owner of `unit`."""
    return signed_in(staff("owner", "owner", unit))


@pytest.fixture
def admin(staff: AddStaff, signed_in: SignedIn, unit: Unit) -> Client:
    """A test client of an admin of `unit`, who may see communities, members and imports, but no orders."""
    return signed_in(staff("admin", "admin", unit))
