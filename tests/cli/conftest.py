"""The real command in a process of its own, and the files it is given."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli import process

PROGRAM = Path(sys.executable).with_name("qunyu")
SHARED = Path(__file__).parents[2] / ".." / "shared" / "data"


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The object on standard output; asserts that the command was done."""
        assert self.code == 0, self.err
        found: dict[str, Any] = json.loads(self.out)
        return found


Qunyu = Callable[..., Ended]


def run(*arguments: str, folder: Path, **settings: str) -> Ended:
    """Runs `qunyu` in `folder`; the environment holds nothing of Qunyu's but `settings`."""
    known = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("QUNYU_", "DJANGO_", "LC_", "LANG", "COVERAGE"))
    }
    environment = {**known, "LANG": "C.UTF-8", **settings}
    with tempfile.TemporaryDirectory() as outputs:
        out, err = Path(outputs, "out"), Path(outputs, "err")
        code = process.run(arguments, folder, environment, out, err)
        told = Ended(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))
    assert "Traceback" not in told.err, told.err
    return told


@pytest.fixture
def qunyu(tmp_path: Path) -> Qunyu:
    """Runs `qunyu` in an empty folder; temporary files go to `temporary` beside it."""
    folder, temporary = tmp_path / "here", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()

    def call(*arguments: str | Path, **settings: str) -> Ended:
        return run(*map(str, arguments), folder=folder, **{"TMPDIR": str(temporary), **settings})

    return call


@pytest.fixture
def here(tmp_path: Path, qunyu: Qunyu) -> Path:
    """The folder that commands run in."""
    return tmp_path / "here"
