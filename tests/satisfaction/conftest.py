"""People who may say something, and jobs that are only noted."""

from __future__ import annotations

import pytest

from qunyu.communities.models import Community
from qunyu.members.models import Member


@pytest.fixture
def mei(tea: Community) -> Member:
    """Mei of the community Tea lovers."""
    return Member.objects.get(name="Mei")
