"""`qunyu serve` on a deployment that has data, and what it runs."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.conftest import PROGRAM, Qunyu
from tests.deployment_fixtures import PASSWORD, TEA_CHAT, TEA_NAME

LIBRARIES = re.compile(r"/(duckdb|deltalake|pyarrow|django)\b")


@contextmanager
def serving(folder: Path, command: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A server on the deployment below `folder`: its process, its address and what it said until it was there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    known = {name: value for name, value in os.environ.items() if not name.startswith(("QUNYU_", "DJANGO_"))}
    server = subprocess.Popen(
        [PROGRAM, command, "--port", str(port)],
        cwd=folder,
        env={**known, "QUNYU_LANGUAGE": "en"},
        stderr=subprocess.PIPE,
        text=True,
    )
    # Should it hang, the line it does not write comes to an end here.
    patience = threading.Timer(120, server.kill)
    patience.start()
    try:
        assert server.stderr is not None
        said = ""
        while f":{port}/" not in said:
            line = server.stderr.readline()
            assert line, said
            said += line
        yield server, f"http://127.0.0.1:{port}", said
    finally:
        patience.cancel()
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)


def test_a_server_started_on_data_answers_from_them_and_starts_from_a_small_process(qunyu: Qunyu, here: Path) -> None:
    (here / TEA_NAME).write_text(TEA_CHAT, encoding="utf-8")
    assert qunyu("import", TEA_NAME).code == 0
    assert qunyu("user", "add", "lin", "--password", PASSWORD).code == 0
    token = qunyu("token", "issue", "lin").out.strip()
    with serving(here, "serve") as (server, address, said):
        asked = urllib.request.Request(f"{address}/api/v1/board", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert b'"messages"' in answer.read()
        loaded = LIBRARIES.findall(Path(f"/proc/{server.pid}/maps").read_text())
        assert loaded == []
        assert said.startswith("console: ")
    assert server.returncode == 0


def test_upgrade_makes_the_deployment_and_again_changes_nothing(qunyu: Qunyu, here: Path) -> None:
    first = qunyu("upgrade")
    made = sorted(each.name for each in (here / "var").iterdir())
    assert (first.code, first.out, first.err) == (0, "", "")
    assert "db.sqlite3" in made
    assert qunyu("upgrade").code == 0
    assert sorted(each.name for each in (here / "var").iterdir()) == made


def test_a_setting_that_is_wrong_ends_the_server_with_its_reason(qunyu: Qunyu) -> None:
    ended = qunyu("serve", QUNYU_TIME_ZONE="Asia/Nowhere", QUNYU_LANGUAGE="en")
    assert (ended.code, ended.out) == (1, "")
    assert "QUNYU_TIME_ZONE" in ended.err


def test_what_reads_workbooks_is_not_loaded_before_there_is_one(here: Path) -> None:
    program = (
        "import sys, django; django.setup(); from qunyu.jobs.registry import declared; declared()\n"
        "import qunyu.config.urls; print(*sorted({'openpyxl', 'PIL'} & set(sys.modules)))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "qunyu.config.settings", "QUNYU_DATA": str(here / "var")}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == ""
