"""Place: where this deployment's imports work and its lake lies."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from qunyu.events.lake.store import Lake
from qunyu.flows.importing import Place


def place() -> Place:
    """The place of the settings."""
    return Place(settings.QUNYU_DATA, settings.QUNYU_ZONE, settings.SECRET_KEY)


def given_folder(data: Path, public_id: str) -> Path:
    """Where the files of one import that were handed over in the console or the API lie until it has ended."""
    return data / "imports" / public_id


def lake() -> Lake:
    """The deployment's lake."""
    return place().lake
