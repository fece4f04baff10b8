"""`qunyu import`, `undo`, `user`, `token`, `metrics`, `formats` in a deployment that lasts."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from qunyu.events.reading import readers
from qunyu.insights.metric import catalogue, metrics
from tests.cli.conftest import Qunyu
from tests.deployment_fixtures import PASSWORD, TEA_CHAT, TEA_NAME

PHONE = "13800138000"
STAGES = "SELECT l.value FROM members_label l WHERE l.key = 'stage' ORDER BY 1"


def rows(here: Path, sql: str) -> list[tuple[Any, ...]]:
    """What the deployment in ./var answers."""
    with closing(sqlite3.connect(here / "var" / "db.sqlite3")) as connection:
        return connection.execute(sql).fetchall()


def write(here: Path) -> None:
    (here / TEA_NAME).write_text(TEA_CHAT, encoding="utf-8")
    (here / "orders.csv").write_text(f"order_id,customer,手机号,ordered_at,amount\n1,c1,{PHONE},2026-03-02 10:00,5\n")
    (here / "members.csv").write_text(f"群名称,成员昵称,入群时间,手机号\nTea lovers,Mei,2026-03-01 09:31,{PHONE}\n")


def test_orders_that_change_are_told(qunyu: Qunyu, here: Path) -> None:
    for status in ("unpaid", "paid"):
        (here / "o.csv").write_text(f"order_id,customer,ordered_at,amount,status\n1,c1,2026-03-02 10:00,5,{status}\n")
        ended = qunyu("import", "--orders", "o.csv", QUNYU_LANGUAGE="en")
        assert ("orders whose state changed: 1" in ended.err) == (status == "paid")


def test_import_and_undo(qunyu: Qunyu, here: Path) -> None:
    write(here)
    first = qunyu("import", TEA_NAME, "--orders", "orders.csv", "--members", "members.csv", QUNYU_LANGUAGE="en")
    assert first.code == 0
    public_id = first.out.strip()
    assert re.fullmatch(r"\w{8,}", public_id)
    assert "messages 8" in first.err
    assert "there already: 0" in first.err
    assert rows(here, "SELECT name FROM communities_community") == [("Tea lovers",)]
    assert rows(here, "SELECT number, amount, status FROM commerce_order") == [("1", 500, "paid")]
    assert rows(here, "SELECT state, asked_by FROM events_import") == [("done", "system")]
    assert rows(here, STAGES) == [("activation",), ("activation",), ("referral",), ("revenue",)]
    assert_no_phone(here)

    again = qunyu("import", TEA_NAME, QUNYU_LANGUAGE="en")
    assert "new: 0; there already: 13; problems: 0" in again.err

    undone = qunyu("undo", public_id, QUNYU_LANGUAGE="en")
    assert (undone.code, undone.out) == (0, "")
    assert undone.err.startswith("removed: 2 facts, 1 orders, 1 identities, 0 communities")
    assert rows(here, "SELECT count(*) FROM commerce_order") == [(0,)]
    assert rows(here, STAGES) == [("activation",), ("activation",), ("referral",), ("retention",)]
    twice = qunyu("undo", public_id, QUNYU_LANGUAGE="en")
    assert twice.code == 1
    assert "undone" in twice.err
    assert qunyu("undo", again.out.strip()).code == 0
    assert rows(here, "SELECT count(*) FROM communities_community") == [(0,)]
    assert rows(here, "SELECT count(*) FROM members_member") == [(0,)]
    assert rows(here, "SELECT count(*) FROM members_label") == [(0,)]


def assert_no_phone(here: Path) -> None:
    """No file of the deployment holds the phone number, and no cell of the lake's compressed ones."""
    files = [each for each in (here / "var").rglob("*") if each.is_file()]
    assert [each.name for each in files if PHONE.encode() in each.read_bytes()] == []
    parquet = [each for each in files if each.suffix == ".parquet"]
    assert parquet
    assert [each for each in parquet if PHONE in repr(pq.ParquetFile(each).read().to_pylist())] == []
    hashes = rows(here, "SELECT DISTINCT value FROM members_mark WHERE kind = 'phone'")
    assert len(hashes) == 1
    assert hashes[0][0] != sha256(PHONE.encode()).hexdigest()


def test_an_import_into_an_unknown_unit(qunyu: Qunyu, here: Path) -> None:
    write(here)
    ended = qunyu("import", TEA_NAME, "--unit", "华东/上海", QUNYU_LANGUAGE="en")
    assert (ended.code, ended.out) == (1, "")
    assert "华东" in ended.err
    assert rows(here, "SELECT count(*) FROM events_import") == [(0,)]


def test_an_import_that_comes_to_nothing(qunyu: Qunyu, here: Path) -> None:
    (here / "cat.jpg").write_bytes(b"\xff\xd8\xff")
    ended = qunyu("import", "cat.jpg", QUNYU_LANGUAGE="zh")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("错误: 没有可以导入的内容：cat.jpg：")
    assert rows(here, "SELECT state FROM events_import") == [("failed",)]
    assert rows(here, "SELECT count(*) FROM communities_community") == [(0,)]


def test_undo_of_what_never_was(qunyu: Qunyu) -> None:
    ended = qunyu("undo", "nosuchimport", QUNYU_LANGUAGE="en")
    assert (ended.code, ended.out) == (1, "")
    assert "nosuchimport" in ended.err


def test_accounts_and_tokens(qunyu: Qunyu, here: Path) -> None:
    english = {"QUNYU_LANGUAGE": "en"}
    weak = qunyu("user", "add", "lin", "--password", "12345", **english)
    assert weak.code == 1
    assert "too weak" in weak.err
    unknown = qunyu("user", "add", "lin", "--password", PASSWORD, "--role", "emperor", **english)
    assert unknown.code == 1
    assert "director" in unknown.err
    assert rows(here, "SELECT count(*) FROM people_staff") == [(0,)]

    added = qunyu("user", "add", "lin", "--name", "小林", "--password", PASSWORD, **english)
    assert (added.code, added.out, added.err) == (0, "", "added the account lin\n")
    assert rows(here, "SELECT username, name FROM people_staff") == [("lin", "小林")]
    assert rows(here, "SELECT count(*) FROM people_grant") == [(1,)]
    assert PASSWORD not in rows(here, "SELECT password FROM people_staff")[0][0]

    assert rows(here, "SELECT must_change_password FROM people_staff") == [(1,)]
    assert qunyu("user", "add", "own", "--password", PASSWORD, "--keep-password").code == 0
    assert rows(here, "SELECT must_change_password FROM people_staff WHERE username = 'own'") == [(0,)]
    reset = qunyu("user", "password", "own", "--password", f"{PASSWORD} 2", **english)
    assert (reset.code, reset.out, reset.err) == (0, "", "set the password of own\n")
    assert rows(here, "SELECT must_change_password FROM people_staff WHERE username = 'own'") == [(1,)]
    told = qunyu("user", "second-factor", "own", **english)
    assert (told.code, told.err) == (0, "second factor of own: off\n")
    none = qunyu("user", "second-factor", "own", "--off", **english)
    assert (none.code, none.err) == (1, "error: the second factor is not set up\n")

    taken = qunyu("user", "add", "lin", "--password", PASSWORD, **english)
    assert taken.code == 1
    assert "“lin” is taken" in taken.err
    assert rows(here, "SELECT count(*) FROM people_grant") == [(2,)]

    issued = qunyu("token", "issue", "lin", "--days", "7")
    secret = issued.out.strip()
    assert issued.code == 0
    assert re.fullmatch(r"qy_[\w-]{43}", secret)
    assert rows(here, "SELECT digest FROM people_apitoken") == [(sha256(secret.encode()).hexdigest(),)]
    assert secret.encode() not in (here / "var" / "db.sqlite3").read_bytes()

    nobody = qunyu("token", "issue", "nobody", **english)
    assert (nobody.code, nobody.out) == (1, "")
    assert "nobody" in nobody.err
    assert qunyu("token", "issue", "lin", "--days", "0").code == 2


def test_the_roster_goes_in_and_out(qunyu: Qunyu, here: Path) -> None:
    (here / "roster.csv").write_text("unit,username,name,role\n华东/静安店,lin,小林,owner\n华南,,,\n", encoding="utf-8")
    dry = qunyu("roster", "import", "roster.csv", "--dry-run", QUNYU_LANGUAGE="en")
    assert (dry.code, dry.out) == (0, "")
    assert "would be made: 3 units, 1 accounts, 1 grants" in dry.err
    done = qunyu("roster", "import", "roster.csv", QUNYU_LANGUAGE="en")
    assert re.fullmatch(r"lin\t/invitation/\w+/[\w-]+\n", done.out)
    assert rows(here, "SELECT username, name FROM people_staff") == [("lin", "小林")]
    exported = qunyu("roster", "export")
    assert exported.out.splitlines() == ["unit,username,name,role", "华东,,,", "华东/静安店,lin,小林,owner", "华南,,,"]
    (here / "wrong.csv").write_text("unit,username,name,role\n新,,,\n华东,mei,梅,emperor\n", encoding="utf-8")
    wrong = qunyu("roster", "import", "wrong.csv", QUNYU_LANGUAGE="en")
    assert (wrong.code, wrong.out) == (1, "")
    assert wrong.err.startswith("wrong.csv:3: there is no role “emperor”")
    assert rows(here, "SELECT count(*) FROM people_unit") == [(4,)]


def test_the_metric_catalogue(qunyu: Qunyu, here: Path) -> None:
    keys = [each.key for each in catalogue()]
    assert sorted(keys) == sorted(metrics())
    listed = qunyu("metrics", "list", QUNYU_LANGUAGE="en")
    assert listed.code == 0
    assert [line.split()[0] for line in listed.out.splitlines()] == keys
    as_json = qunyu("metrics", "list", "--json")
    objects = [json.loads(line) for line in as_json.out.splitlines()]
    assert [each["key"] for each in objects] == keys
    assert all(each.keys() == {"key", "source", "unit", "title", "definition", "needs"} for each in objects)
    assert {each["key"]: each["title"] for each in objects}["messages"] == metrics()["messages"].title.zh
    # Asking what there is makes no deployment.
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_formats(qunyu: Qunyu, here: Path, language: str) -> None:
    ended = qunyu("formats", "list", QUNYU_LANGUAGE=language)
    assert ended.code == 0
    assert [line.split()[0] for line in ended.out.splitlines()] == list(readers())
    assert getattr(readers()["whatsapp"].title, language) in ended.out
    assert list(here.iterdir()) == []
