"""`qunyu simulation`: a brand's files, and how right the product is about one."""

from __future__ import annotations

import json
from datetime import date
from errno import ENOSPC
from pathlib import Path

import pytest

from qunyu.cli.simulation import writing
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import speaking
from qunyu.simulation.brand import BrandSpec
from qunyu.simulation.scoring.scores import score
from tests.cli.conftest import Qunyu

SMALL = ("--seed", "31", "--days", "60", "--members", "300")
ENGLISH = {"QUNYU_LANGUAGE": "en"}


def test_the_object_of_a_brand(qunyu: Qunyu, here: Path, system: Scope, tmp_path: Path) -> None:
    # In another zone and another process, with keys and ids of its own, a seed gives the same figures.
    found = qunyu("simulation", "score", *SMALL, "--json", QUNYU_TIME_ZONE="America/New_York").json
    again = score(BrandSpec(31, date(2026, 8, 31), days=60, members=300), tmp_path / "brand", lambda *_: None)
    again = json.loads(json.dumps(again))
    # Habits are told from the first and the last trace of each day, and a day is the zone's.
    asked, elsewhere = found.pop("same_person"), again.pop("same_person")
    assert [each["level"] for each in asked["levels"]] == [20, 50, 70]
    assert (asked["people"], asked.keys()) == (elsewhere["people"], elsewhere.keys())
    assert found == again
    assert {"tiers", "stages", "user_types", "dying", "alerts"} < found.keys()
    assert {"warned", "missed", "false", "days_ahead", "baseline", "ceiling"} < found["dying"].keys()
    assert {"planted", "found", "false", "calm", "baseline", "ceiling"} < found["alerts"].keys()
    for key in ("tiers", "stages", "user_types"):
        assert {"accuracy", "baseline", "ceiling", "coverage", "known", "classes", "confusion"} < found[key].keys()
    # Nothing is left behind, here or among the temporary files.
    assert list(here.iterdir()) == list((tmp_path / "temporary").iterdir()) == []


def test_the_text_of_a_brand(qunyu: Qunyu) -> None:
    ended = qunyu("simulation", "score", "--seed", "5", "--days", "14", "--members", "60", QUNYU_LANGUAGE="zh")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "种子 5：截至 2026-08-31 的 14 天，约 60 人"
    assert lines[3].split() == ["人数", "准确率", "基线", "上限"]
    assert [line.split()[0] for line in lines[4:7]] == ["用户分层", "生命周期阶段", "用户类型"]
    assert "用户分层：真实（行）→ 判断（列）" in lines


@pytest.mark.parametrize("command", ["score", "generate"])
@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--seed", "1", "--days", "13"), 1, "at least 14 days and 60 members"),
        (("--seed", "1", "--members", "59"), 1, "at least 14 days and 60 members"),
        (("--seed", "1", "--ends-on", "1999-12-31"), 1, "--ends-on must be between 2000-01-01 and 2099-12-31"),
        (("--seed", "1", "--ends-on", "2026-02-30"), 2, "2026-02-30"),
        (("--seed", "1", "--days", "0"), 2, "--days"),
        (("--seed", "x"), 2, "--seed"),
        ((), 2, "--seed"),
    ],
)
def test_a_brand_that_cannot_be(
    command: str, options: tuple[str, ...], code: int, told: str, qunyu: Qunyu, here: Path
) -> None:
    place = ("brand",) if command == "generate" else ()
    ended = qunyu("simulation", command, *options, *place, **ENGLISH)
    assert (ended.code, ended.out) == (code, "")
    assert told in ended.err
    assert list(here.iterdir()) == []


def test_the_files_of_a_brand(qunyu: Qunyu, here: Path) -> None:
    options = ("--seed", "5", "--days", "20", "--members", "80", "--ends-on", "2026-03-20")
    ended = qunyu("simulation", "generate", *options, "brand", **ENGLISH)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.startswith("brand: 31 communities, ")
    written = {each.name for each in (here / "brand").iterdir()}
    assert {"chats", "members.csv", "orders.csv", "costs.csv", "communities.json", "truth.json"} <= written
    truth = json.loads((here / "brand" / "truth.json").read_text(encoding="utf-8"))
    assert [truth[key] for key in ("seed", "starts_on", "ends_on")] == [5, "2026-03-01", "2026-03-20"]

    again = qunyu("simulation", "generate", *options, "brand", **ENGLISH)
    assert (again.code, again.err) == (1, "error: brand is not empty; choose another folder\n")


def test_a_folder_that_cannot_be_written(qunyu: Qunyu, here: Path) -> None:
    (here / "file").write_text("")
    ended = qunyu("simulation", "generate", "--seed", "5", "file/brand", **ENGLISH)
    assert ended.code == 1
    assert ended.err == "error: cannot write file/brand: Not a directory; choose another folder\n"
    taken = qunyu("simulation", "generate", "--seed", "5", "file", **ENGLISH)
    assert taken.code == 2


def test_a_full_disk_is_told_in_one_line() -> None:
    with pytest.raises(DomainError) as told, writing(None):
        raise OSError(ENOSPC, "No space left on device")
    assert told.value.code == "cannot_write"
    with speaking("en"):
        assert str(told.value) == (
            "cannot write the folder for temporary files: No space left on device; name another with TMPDIR"
        )
