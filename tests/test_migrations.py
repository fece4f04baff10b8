"""The migrations make exactly what the models say."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

SOURCE = Path(__file__).parents[1] / "src" / "qunyu"
MIGRATIONS = sorted(path for path in SOURCE.glob("*/migrations/*.py") if path.name != "__init__.py")


@pytest.mark.django_db
def test_no_model_changed_without_a_migration(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("makemigrations", check=True, dry_run=True, interactive=False, verbosity=1)
    assert capsys.readouterr().out.strip() == "No changes detected"


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_migrations_are_numbered_and_named(path: Path) -> None:
    assert re.fullmatch(r"\d{4}_[a-z][a-z0-9_]*", path.stem)
    assert not re.search(r"auto_\d{8}", path.stem)
