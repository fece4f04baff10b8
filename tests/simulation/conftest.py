"""One small brand, generated once for all tests of the package that only read it."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qunyu.simulation.actions import Summary, generate
from qunyu.simulation.brand import BrandSpec


@dataclass(frozen=True)
class Made:
    """A generated brand: where it is, what the generator said of it, and its files as rows."""

    folder: Path
    summary: Summary

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def chats(self) -> dict[str, list[dict[str, str]]]:
        paths = sorted(self.folder.glob("chats/*/*.csv"))
        return {path.stem: self.rows(str(path.relative_to(self.folder))) for path in paths}

    def truth(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))
        return found


Make = Callable[..., Made]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    def made(**settings: Any) -> Made:
        folder = tmp_path_factory.mktemp("brand")
        spec = BrandSpec(**{"seed": 11, "ends_on": date(2026, 8, 31), **settings})
        return Made(folder, generate(spec, folder))

    return made


@pytest.fixture(scope="session")
def brand(make: Make) -> Made:
    """1,500 people over 120 days."""
    return make(members=1_500)
