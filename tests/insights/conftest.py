"""A story for each test."""

from pathlib import Path

import pytest

from tests.insights.stories import Story


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)
