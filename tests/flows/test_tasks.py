"""The jobs around imports: what a person handed over goes when it is no longer needed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from qunyu.events.models import Import
from qunyu.flows.actions import ask_import
from qunyu.flows.request import ImportRequest, Part
from qunyu.flows.tasks import do_import
from qunyu.kernel.scope import Scope
from qunyu.people.queries import root_unit

NOW = datetime(2026, 3, 20, tzinfo=UTC)
CHAT = "time,community,author_id,author_name,text\n2026-03-01 10:00,tea,u1,Ann,hello\n"


def asked(system: Scope, folder: Path, text: str) -> Import:
    folder.mkdir(parents=True)
    (folder / "chat.csv").write_text(text)
    request = ImportRequest((Part((str(folder / "chat.csv"),)),))
    return ask_import(by=system, unit_id=root_unit().pk, title="chat", request=request, now=NOW)


@pytest.mark.parametrize(("text", "state"), [(CHAT, "done"), ("nothing we know", "failed")])
def test_files_handed_over_go_when_the_import_has_ended(
    system: Scope, data_folder: Path, text: str, state: str
) -> None:
    given = data_folder / "imports" / "some-upload" / "given"
    owner = asked(system, given, text)
    do_import(import_id=owner.pk)
    owner.refresh_from_db()
    assert owner.state == state
    assert not (data_folder / "imports" / "some-upload").exists()


def test_a_persons_own_files_stay(system: Scope, tmp_path: Path) -> None:
    owner = asked(system, tmp_path / "own", CHAT)
    do_import(import_id=owner.pk)
    assert (tmp_path / "own" / "chat.csv").exists()
