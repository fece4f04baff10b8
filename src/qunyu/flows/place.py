"""Place: where this deployment's imports work and its lake lies."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from qunyu.events.lake.store import Lake
from qunyu.events.queries import published_lake
from qunyu.flows.request import ImportRequest

# The folders of the data folder in which the console and the API keep what they are handed.
GIVEN = ("imports", "api-uploads")


@dataclass(frozen=True)
class Place:
    """Where imports work: the data folder, the calendar's zone and the key that hashes phone numbers; `lake` is for writing."""

    data: Path
    zone: ZoneInfo
    secret: str
    lake: Lake = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lake", Lake(self.data / "lake"))


def place() -> Place:
    """The place of the settings."""
    return Place(settings.QUNYU_DATA, settings.QUNYU_ZONE, settings.SECRET_KEY)


def forget_given(data: Path, request: ImportRequest) -> None:
    """Removes the files that were handed over for an import in the console or the API; files of a person's own stay."""
    for folder in given_of(data, request):
        shutil.rmtree(folder, ignore_errors=True)


def given_of(data: Path, request: ImportRequest) -> set[Path]:
    """The folders, of those that hold what was handed over, that an import is to read."""
    paths = [Path(path) for part in request.parts for path in part.paths]
    folders = [data / name for name in GIVEN]
    return {given / path.relative_to(given).parts[0] for given in folders for path in paths if given in path.parents}


def lake() -> Lake:
    """The deployment's lake as it is published, for reading."""
    found = place().lake
    return published_lake(found.folder)
