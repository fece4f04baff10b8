"""`qunyu privacy` in a deployment that lasts: a copy, an erasure, its receipt."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

from tests.cli.conftest import Qunyu
from tests.deployment_fixtures import TEA_CHAT, TEA_NAME


def test_export_erase_and_verify(qunyu: Qunyu, here: Path) -> None:
    (here / TEA_NAME).write_text(TEA_CHAT, encoding="utf-8")
    assert qunyu("import", TEA_NAME).code == 0
    with closing(sqlite3.connect(here / "var" / "db.sqlite3")) as connection:
        ((tom,),) = connection.execute("SELECT public_id FROM members_member WHERE name = 'Tom'").fetchall()
    assert qunyu("privacy", "export", tom, "tom.zip").code == 0
    with zipfile.ZipFile(here / "tom.zip") as file:
        assert "Green tea in the morning" in file.read("facts.json").decode()
    wrong = qunyu("privacy", "erase", tom, "--name", "Mei", "--reason", "本人要求")
    assert wrong.code == 1 and "请原样输入成员的名字" in wrong.err
    done = qunyu("privacy", "erase", tom, "--name", "Tom", "--reason", "本人要求")
    assert done.code == 0 and done.json["counts"]["facts"]["texts"] > 0
    (here / "receipt.json").write_text(done.out, encoding="utf-8")
    assert qunyu("privacy", "verify-receipt", "receipt.json").code == 0
    (here / "receipt.json").write_text(json.dumps({**done.json, "stopped_ids": 0}), encoding="utf-8")
    assert qunyu("privacy", "verify-receipt", "receipt.json").code == 1
