"""`qunyu report`: from files to figures and a page, and what it says when it cannot."""

from __future__ import annotations

import json
import re
import shutil
import struct
from html.parser import HTMLParser
from pathlib import Path

import pytest

from qunyu.insights.metric import metrics
from tests.cli.conftest import Qunyu, run
from tests.deployment_fixtures import TEA_CHAT, TEA_NAME

ORDERS = """\
order_id,customer,ordered_at,amount,status,手机号
1,c1,2026-03-02 10:00,100,paid,13800138000
1,c1,2026-03-02 10:00,20.50,paid,13800138000
2,c2,2026-03-03 10:00,30,cancelled,
3,,2026-03-04 10:00,40,paid,
"""
MEMBERS = "群名称,成员昵称,入群时间,手机号\nTea lovers,Mei,2026-03-01 09:31,13800138000\n"


@pytest.fixture
def tea(here: Path) -> Path:
    """An invented WhatsApp export."""
    path = here / TEA_NAME
    path.write_text(TEA_CHAT, encoding="utf-8")
    return path


@pytest.fixture
def orders(here: Path) -> Path:
    """An invented order file."""
    path = here / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    return path


def test_the_object_of_a_chat(qunyu: Qunyu, here: Path, tea: Path) -> None:
    ended = qunyu("report", tea, "--json")
    found = ended.json
    counts = {
        "messages": 8,
        "actions": 0,
        "joins": 2,
        "leaves": 1,
        "removals": 0,
        "renames": 0,
        "members": 4,
        "communities": 1,
        "first_at": "2026-03-01T01:31:00+00:00",
        "last_at": "2026-03-14T01:00:00+00:00",
        "problems": 0,
        "currency": None,
        "orders": None,
    }
    assert {name: found[name] for name in counts} == counts
    assert found.keys() == {*counts, "periods", "unknown"}
    (march,) = found["periods"]
    assert march.keys() == {"period", *metrics()}
    told = ("period", "messages", "active_members", "new_members", "retained_members", "joins", "leaves", "members")
    assert [march[name] for name in told] == [
        "2026-03",
        8,
        4,
        4,
        0,
        2,
        1,
        3,
    ]
    assert march["revenue"] is None
    assert found["unknown"]["revenue"] == "没有订单数据；请导入订单表"
    # One line and nothing else on standard output; what it did is told on standard error.
    assert ended.out.count("\n") == 1
    assert "消息 8" in ended.err
    assert {each.name for each in here.iterdir()} == {TEA_NAME}
    assert list((here.parent / "temporary").iterdir()) == []


class Loads(HTMLParser):
    """Collects every address that a browser would fetch by itself, the styles, and the words shown."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.styles = self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        fetching = {"src", "srcset", "data", "poster", "action", "background", "ping", "href"}
        self.addresses += [str(value) for name, value in attrs if name in fetching]
        self.styles += "".join(str(value) for name, value in attrs if name == "style")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "style":
            self.styles += data
        elif self.tags and self.tags[-1] != "script":
            self.words += data


def read_page(path: Path) -> tuple[str, Loads]:
    text = path.read_text(encoding="utf-8")
    loads = Loads()
    loads.feed(text)
    return text, loads


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a chat and a file that cannot be read, under a title that would do harm if it were not escaped."""
    folder = tmp_path_factory.mktemp("page")
    (folder / TEA_NAME).write_text(TEA_CHAT, encoding="utf-8")
    (folder / "bad <b>name.csv").write_text("time,author_id,text\nno time,u1,x\n")
    ended = run("report", TEA_NAME, "bad <b>name.csv", "--title", "<script>alert(1)</script>", folder=folder)
    assert (ended.code, ended.out) == (0, "")
    assert "report.html" in ended.err
    return folder / "report.html"


def test_the_page_is_one_file_that_needs_nothing_else(page: Path) -> None:
    text, loads = read_page(page)
    assert loads.addresses == []
    assert not re.search(r"url\(|@import|https?:", loads.styles)
    assert not {"link", "iframe", "img", "object", "embed", "base"} & set(loads.tags)
    assert '<html lang="zh-CN">' in text
    assert "<script>alert(1)" not in text
    assert "<b>name" not in text
    assert "bad &lt;b&gt;name.csv:2" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    options = json.loads(text.split('id="options">')[1].split("</script>")[0])
    assert options["talk"]["series"][0]["data"] == [8]
    for words in ("群里有多热闹？", "Tea lovers", "未知", "no time", "2026-03"):
        assert words in loads.words


def test_the_page_in_english_under_another_name(qunyu: Qunyu, here: Path, tea: Path, orders: Path) -> None:
    ended = qunyu(
        "report", tea, "--orders", orders, "--language", "en", "--out", "tea.html", "--json", LANG="en_GB.UTF-8"
    )
    assert ended.json["messages"] == 8
    assert "the report is in tea.html" in ended.err
    text, loads = read_page(here / "tea.html")
    assert '<html lang="en">' in text
    for words in ("How lively is the talk?", "What the numbers mean", "unknown", "Tea lovers"):
        assert words in loads.words
    # The people's own words and the product's name aside, nothing is Chinese.
    left = re.sub(r"Qunyu 群域", "", loads.words)
    assert not re.findall(r"[\u4e00-\u9fff]+", left)


def test_the_page_draws_its_charts_offline(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("needs Debian's chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    # Playwright runs a loop of its own in this thread, which Django would take for our code being asynchronous.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    asked: list[str] = []
    errors: list[str] = []
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        tab = opened.new_context(offline=True).new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto(page.as_uri())
        drawn = tab.locator(".chart svg").count()
        charts = tab.locator(".chart").count()
        opened.close()
    assert errors == []
    assert asked == [page.as_uri()]
    assert drawn == charts >= 3


def height_of(picture: Path) -> int:
    """Pixels; asserts that it is a PNG as wide as a phone."""
    content = picture.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    assert width == 1080
    return int(height)


def test_the_picture_alone(qunyu: Qunyu, here: Path, tea: Path) -> None:
    ended = qunyu("report", tea, "--picture", "tea.png", "--title", '<&" 茶 🍵', QUNYU_LANGUAGE="en")
    assert (ended.code, ended.out) == (0, "")
    assert "the picture is in tea.png" in ended.err
    assert height_of(here / "tea.png") > 1500
    assert {each.name for each in here.iterdir()} == {TEA_NAME, "tea.png"}
    assert list((here.parent / "temporary").iterdir()) == []


def test_the_picture_beside_the_page_and_the_object(qunyu: Qunyu, here: Path, tea: Path) -> None:
    ended = qunyu("report", tea, "--out", "tea.html", "--picture", "tea.png", "--json", "--grain", "day")
    assert ended.json["messages"] == 8
    assert "报告已写入 tea.html" in ended.err
    assert "图片已写入 tea.png" in ended.err
    assert height_of(here / "tea.png") > 1500
    assert "Tea lovers" in read_page(here / "tea.html")[1].words


def test_orders_alone(qunyu: Qunyu, orders: Path) -> None:
    found = qunyu("report", "--orders", orders, "--json", "--grain", "day").json
    assert found["orders"] == {
        "orders": 1,
        "buyers": 1,
        "revenue": 120.5,
        "currency": "CNY",
        "by_currency": {"CNY": 120.5},
        "customerless": {"orders": 1, "amounts": {"CNY": 40.0}},
        "cancelled": {"orders": 1, "amounts": {"CNY": 30.0}},
        "refunded": {"orders": 0, "amounts": {}},
        "unpaid": {"orders": 0, "amounts": {}},
        "free": {"orders": 0, "amounts": {}},
    }
    assert (found["messages"], found["communities"], found["currency"]) == (0, 0, "CNY")
    assert [each["period"] for each in found["periods"]] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert [each["revenue"] for each in found["periods"]] == [120.5, 0, 0]


def test_chats_orders_members_and_costs_together(qunyu: Qunyu, here: Path, tea: Path, orders: Path) -> None:
    (here / "members.csv").write_text(MEMBERS)
    (here / "costs.csv").write_text("日期,社群,渠道,花费,曝光\n2026-03-01,Tea lovers,海报,12.05,50\n")
    found = qunyu("report", tea, "--orders", orders, "--members", "members.csv", "--costs", "costs.csv", "--json").json
    (march,) = found["periods"]
    assert (march["revenue"], march["cost"], march["roi"]) == (120.5, 12.05, 10)
    assert march["conversion"] == pytest.approx(1 / 3)
    assert (march["joins"], march["exposures"], found["problems"]) == (2, 50, 0)


def test_the_zone_sets_the_day(qunyu: Qunyu, tea: Path) -> None:
    found = qunyu(
        "report", tea, "--json", "--timezone", "America/Los_Angeles", "--source-timezone", "Asia/Shanghai"
    ).json
    assert [each["period"] for each in found["periods"]] == ["2026-02", "2026-03"]
    assert [each["messages"] for each in found["periods"]] == [2, 6]


def test_foreign_columns_are_mapped(qunyu: Qunyu, here: Path) -> None:
    (here / "log.jsonl").write_text('{"when": "2026-03-01T10:00:00Z", "who": "u1", "what": "hi"}\n')
    mapped = ("--map", "time=when", "--map", "author_id=who", "--map", "text=what")
    found = qunyu("report", "log.jsonl", *mapped, "--json").json
    assert (found["messages"], found["members"], found["communities"]) == (1, 1, 1)


def fails(qunyu: Qunyu, here: Path, *arguments: str | Path) -> str:
    """What it says when it cannot be done; asserts exit code 1 and that nothing was written."""
    before = sorted(here.rglob("*"))
    ended = qunyu("report", *arguments, QUNYU_LANGUAGE="en")
    assert (ended.code, ended.out) == (1, "")
    assert sorted(here.rglob("*")) == before
    assert list((here.parent / "temporary").iterdir()) == []
    return ended.err


@pytest.mark.parametrize("json_too", [False, True])
def test_ten_problems_are_told_once_with_or_without_json(qunyu: Qunyu, here: Path, tea: Path, json_too: bool) -> None:
    (here / "bad.csv").write_text("time,author_id,text\n" + "no time,u1,x\n" * 12)
    ended = qunyu(
        "report", tea, "bad.csv", "--out", "page.html", *(["--json"] if json_too else []), QUNYU_LANGUAGE="en"
    )
    assert ended.code == 0
    assert [line.split(": ")[0] for line in ended.err.splitlines() if "no time" in line] == [
        f"  bad.csv:{line}" for line in range(2, 12)
    ]
    assert "problems: 12" in ended.err
    assert ended.err.count("... and 2 more") == 1


def test_an_unknown_format_names_the_file_and_the_remedy(qunyu: Qunyu, here: Path) -> None:
    (here / "cat.jpg").write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF")
    told = fails(qunyu, here, "cat.jpg", "--out", "page.html")
    assert told.startswith("error: nothing to import: cat.jpg: ")
    assert "--map" in told


@pytest.mark.parametrize("option", ["--out", "--picture"])
def test_a_missing_folder_for_the_file(qunyu: Qunyu, here: Path, tea: Path, option: str) -> None:
    told = fails(qunyu, here, tea, option, "nowhere/file")
    assert str(here / "nowhere") in told
    assert f"choose another {option}" in told


@pytest.mark.parametrize("option", ["--out", "--picture"])
def test_a_folder_where_the_file_should_go(qunyu: Qunyu, here: Path, tea: Path, option: str) -> None:
    (here / "pages").mkdir()
    told = fails(qunyu, here, tea, option, "pages")
    assert "pages is a folder" in told
    assert f"choose another {option}" in told


def test_page_and_picture_cannot_be_one_file(qunyu: Qunyu, here: Path, tea: Path) -> None:
    assert "--out and --picture are both" in fails(qunyu, here, tea, "--out", "one", "--picture", "../here/one")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), ("name a chat export", "--orders")),
        ((TEA_NAME, "--timezone", "Mars/Olympus"), ("Mars/Olympus", "Asia/Shanghai")),
        ((TEA_NAME, "--source-timezone", "CST8"), ("CST8", "Asia/Shanghai")),
        ((TEA_NAME, "--map", "amount"), ("--map amount", "FIELD=COLUMN")),
        ((TEA_NAME, "--map", "=x"), ("--map =x", "FIELD=COLUMN")),
        ((TEA_NAME, "--map", "time=t", "--map", "amout=x"), ("“amout”", "ordered_at", "date_order")),
        ((TEA_NAME, "--map", "amount_per=row"), ("“row”", "line, order")),
        ((TEA_NAME, "--format", "aol"), ("aol", "whatsapp")),
        ((TEA_NAME, "--currency", "yuan"), ("yuan", "CNY")),
        (("nothing.txt",), ("nothing.txt",)),
        (("--orders", TEA_NAME), (TEA_NAME,)),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else str(value),
)
def test_what_cannot_be_done_says_why_and_what_to_do(
    qunyu: Qunyu, here: Path, tea: Path, arguments: tuple[str, ...], told: tuple[str, ...]
) -> None:
    words = fails(qunyu, here, *arguments)
    assert words.startswith("error: ")
    assert [each for each in told if each not in words] == []


def test_strict_stops_at_a_line_that_cannot_be_read(qunyu: Qunyu, here: Path) -> None:
    (here / "a.csv").write_text("time,author_id,text\n2026-03-01 10:00,u1,fine\n2026-02-30 10:00,u1,never\n")
    told = fails(qunyu, here, "a.csv", "--strict")
    assert "strict: 1 problems" in told
    assert "a.csv:3: " in told


@pytest.mark.parametrize("arguments", [("--grain", "year"), ("--language", "fr"), ("--nonsense",), ("--out",)])
def test_wrong_usage(qunyu: Qunyu, here: Path, arguments: tuple[str, ...]) -> None:
    ended = qunyu("report", "x", *arguments)
    assert (ended.code, ended.out, list(here.iterdir())) == (2, "", [])
    assert arguments[0] in ended.err


def test_an_unknown_command(qunyu: Qunyu) -> None:
    ended = qunyu("reprot")
    assert (ended.code, ended.out) == (2, "")
    assert "reprot" in ended.err


@pytest.mark.parametrize(("language", "words"), [("zh", "报告写到哪里"), ("en", "where the HTML report goes")])
def test_help_in_both_languages(qunyu: Qunyu, language: str, words: str) -> None:
    ended = qunyu("report", "--help", QUNYU_LANGUAGE=language)
    assert ended.code == 0
    assert words in "".join(ended.out.split("\n")).replace("  ", "")[:20000] or words in " ".join(ended.out.split())
