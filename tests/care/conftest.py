"""People whom occasions fall on; times are those of tests.deployment_fixtures.NOW, 20 March 2026."""

from __future__ import annotations

from tests.members import conftest as members

mei, person, place = members.mei, members.person, members.place
