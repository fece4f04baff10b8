"""The picture: the board's figures as one long PNG for a phone, in both languages, whatever people are called."""

from __future__ import annotations

import struct
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders

from qunyu.insights.board import NOTHING
from qunyu.insights.cohorts import Cohorts
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Language, speaking
from qunyu.reports import drawing, fonts, painter
from qunyu.reports.charts import Chart, board_charts
from qunyu.reports.drawing import ChartJob, draw, job_of
from qunyu.reports.fonts import NoPicture, find_fonts
from qunyu.reports.page import Content
from qunyu.reports.picture import parts, picture, still
from tests.insights.stories import Story, scope_at
from tests.reports.conftest import content

TEXT = "{http://www.w3.org/2000/svg}text"
# What a person may be called: markup, a family joined of three emoji, a rare ideograph, letters that run leftwards.
EVIL = "<&\"'\x00\u202e👨\u200d👩\u200d👧𠀀 مرحبا"


def words(what: Content, language: Language = "en") -> list[str]:
    """Every text of the picture outside its charts."""
    with speaking(language):
        svg = "".join(part if isinstance(part, str) else "" for part in parts(what, "Some Sans"))
    return [str(each.text) for each in ElementTree.fromstring(svg).iter(TEXT)]


def chart_words(chart: Chart, language: Language = "en") -> list[str]:
    """Every text of a chart as it is drawn on a picture."""
    with speaking(language):
        job = job_of([ChartJob(still(chart.option), 472, 260, language)])
    return [str(each.text) for each in ElementTree.fromstring(painter.paint(job)).iter(TEXT)]


def size(png: bytes) -> tuple[int, int]:
    """Width and height; asserts that it is a PNG."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.fixture(scope="module")
def tall(whole: Content) -> bytes:
    """The shop's picture in English."""
    with speaking("en"):
        return picture(whole)


def test_every_word_outside_the_charts(whole: Content) -> None:
    """The cards speak of February, the last whole month: nothing was said and sold then, and that is known."""
    assert words(whole) == [
        "Qunyu 群域", "Tea", "2026-01 – 2026-03", "Communities: 1",
        "2026-02", "Changes are against 2026-01",
        "Members", "2", "–",
        "Active members", "0", "▼ 100.0 %",
        "New members", "0", "▼ 100.0 %",
        "Retention rate", "0.0 %",
        "Interaction rate", "0.0 %", "▼ 100.0 %",
        "Messages", "0", "▼ 100.0 %",
        "Orders", "0", "▼ 100.0 %",
        "Revenue", "¥ 0.00", "▼ 100.0 %",
        "Conversion", "0.0 %", "▼ 100.0 %",
        "ROI", "unknown",
        "How lively is the talk?", "Newcomers come; do they stay?", "How does membership develop?",
        "How many really take part?", "What is sold?", "Do members become buyers?",
        "Of each batch of newcomers, how many stay? (%)", "Rows: period first seen (how many); columns: periods later",
        "Data up to 2026-03-11", "Based on: communities 1, people 3, messages 6, paid orders 3",
        "Records from 2026-01-10 to 2026-03-10", "Unknown means that data to compute it are missing; it is not 0.",
        "Made at 2026-04-01 12:00 (Asia/Shanghai)", "Qunyu 群域",
    ]  # fmt: skip


def test_the_same_in_chinese(whole: Content) -> None:
    said = words(whole, "zh")
    assert said[:9] == [
        "Qunyu 群域",
        "Tea",
        "2026-01 – 2026-03",
        "社群数：1",
        "2026-02",
        "升降与 2026-01 相比",
        "成员数",
        "2 人",
        "–",
    ]
    assert said[-5:] == [
        "依据：1 个社群、3 人、6 条消息、3 笔已付款订单",
        "记录范围：2026-01-10 至 2026-03-10",
        "“未知”表示缺少计算所需的数据，不是 0。",
        "生成于 2026-04-01 12:00（Asia/Shanghai）",
        "Qunyu 群域",
    ]
    assert said.count("未知") == 1
    assert len(said) == len(words(whole))


def test_what_may_not_be_seen_is_unknown_and_never_zero(shop: Story) -> None:
    said = words(content(shop, scope_at(1, allowed=("communities.view",))))
    cards = dict(pairwise(said))
    assert [cards[name] for name in ("Orders", "Revenue", "Conversion", "ROI")] == ["unknown"] * 4
    assert cards["Messages"] == "0"
    assert not [each for each in said if "¥" in each or "paid orders" in each]


def test_amounts_in_other_currencies_stand_below_the_first(own_shop: Story) -> None:
    for who in (1, 2):
        own_shop.buys(who, "2026-02-03", 500)
    own_shop.buys(1, "2026-02-03", 700, currency="EUR")
    said = words(content(own_shop))
    place = said.index("Revenue")
    assert said[place + 1 : place + 4] == ["¥ 10.00", "▼ 99.6 %", "+ € 7.00"]


def test_what_was_chosen_stands_in_the_head_and_cards_may_be_others(whole: Content) -> None:
    chosen = replace(whole, shown=[("Platform", "WeChat"), ("Theme", "tea")], headline=("messages",))
    said = words(chosen)
    assert said[3:5] == ["Platform: WeChat", "Theme: tea"]
    assert "Members" not in said
    assert "Communities: 1" not in said


def test_large_numbers_are_written_in_the_readers_way(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.says(1, "2026-03-01")
    story.buys(1, "2026-03-02", 12_345_678_900)
    story.says(1, "2026-04-01")
    what = content(story)
    assert "¥ 1.23 亿" in words(what, "zh")
    assert "¥ 123,456,789.00" in words(what)
    (sales,) = [chart for chart in board_charts(what.board) if chart.key == "sales"]
    assert {"1.4 亿", "1 亿", "2,000 万"} <= set(chart_words(sales, "zh"))
    assert {"140,000,000", "100,000,000", "20,000,000"} <= set(chart_words(sales))


def test_a_running_period_is_named_so_and_not_compared(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.says(1, "2026-03-01")
    said = words(content(story))
    assert said[2:8] == ["2026-03", "Communities: 1", "2026-03 (so far)", "Members", "1", "Active members"]
    assert not [each for each in said if "▲" in each or "▼" in each or "against" in each]


def test_a_week_tells_its_days(shop: Story, whole: Content) -> None:
    said = words(replace(whole, board=shop.board(grain="week")))
    assert "2026-W10 (03-02 – 03-08)" in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_board_of_nobody_says_so(shop: Story, language: Language) -> None:
    said = words(content(shop, scope_at(9)), language)
    assert said[3] == {"zh": "没有可以显示的数据", "en": "There are no data to show"}[language]
    assert (
        said[4]
        == {"zh": "依据：0 个社群、0 人、0 条消息", "en": "Based on: communities 0, people 0, messages 0"}[language]
    )
    assert not [each for each in said if "unknown" in each or "未知" in each]


def test_the_charts_are_drawn_with_their_figures(whole: Content) -> None:
    charts = {chart.key: chart for chart in whole.charts()}
    assert {"2026-01", "2026-02", "2026-03", "4"} <= set(chart_words(charts["talk"]))
    assert {"33.3", "+1", "+2", "2026-01 (3)", "33.3 %", "0 %"} <= set(chart_words(charts["cohorts"]))


def test_nothing_on_paper_moves_or_waits_for_a_mouse(whole: Content) -> None:
    for chart in whole.charts():
        option = still(chart.option)
        assert option["animation"] is False
        assert not {"tooltip", "aria"} & option.keys()
        assert {"tooltip", "aria"} <= chart.option.keys()


def test_a_legend_of_two_lines_stands_above_its_chart(whole: Content) -> None:
    (talk,) = [chart for chart in whole.charts() if chart.key == "talk"]
    series = [{**talk.option["series"][0], "name": f"A metric with a long name {n}"} for n in range(3)]
    short, long = still(talk.option), still({**talk.option, "series": series})
    assert long["grid"]["top"] > short["grid"]["top"] == talk.option["grid"]["top"]
    assert short["legend"]["type"] == "plain"


def test_it_is_a_png_as_wide_as_a_phone(tall: bytes) -> None:
    width, height = size(tall)
    assert width == 1080
    assert 5_000 < height < 8_000


def test_it_is_as_high_as_what_it_shows(whole: Content, tall: bytes) -> None:
    with speaking("en"):
        short = size(picture(replace(whole, board=NOTHING, cohorts=Cohorts(()))))
        less = size(picture(replace(whole, cohorts=Cohorts(()))))
    assert [width for width, _ in (short, less)] == [1080, 1080]
    assert short[1] < less[1] < size(tall)[1]


def test_any_name_can_be_drawn(whole: Content) -> None:
    named = replace(whole, title=EVIL, shown=[("Community", EVIL * 20)], board=NOTHING, cohorts=Cohorts(()))
    with speaking("zh"):
        width, _ = size(picture(named))
    assert width == 1080
    assert words(named)[1] == "<&\"' 👨\u200d👩\u200d👧𠀀 مرحبا"
    assert words(named)[2].endswith("…")


def line(text: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40"><text y="30" font-size="24">{text}</text></svg>'


def plain_fonts() -> painter.Fonts:
    """The fonts there are, without one for emoji."""
    return {"files": find_fonts().files, "family": find_fonts().family, "emoji": ()}


def test_signs_that_no_font_has_are_left_out_and_no_boxes() -> None:
    told = ("茶ab", "茶🍵ab", "茶\U0010fffdab", "茶👨\u200d👩ab")
    plain, emoji, nobodys, family = (painter.raster(line(text), plain_fonts()) for text in told)
    assert plain == emoji == nobodys == family
    assert painter.raster(line("茶"), plain_fonts()) != painter.raster(line("群"), plain_fonts())


def test_an_emoji_of_several_letters_is_drawn_as_its_first() -> None:
    told = {
        "👨\u200d👩\u200d👧": "👨",
        "👍🏽": "👍",
        "❤\ufe0f": "❤",
        "👩🏽\u200d❤\ufe0f\u200d👨": "👩",
        "🇨🇳": "",
        "1\ufe0f\u20e3": "1",
        "ക്\u200dഷ": "ക്\u200dഷ",
    }
    assert {text: painter.JOINED.sub("", painter.MARKS.sub("", text)) for text in told} == told


def test_a_chinese_font_of_the_system_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        "DejaVuSans.ttf",
        "wqy-zenhei.ttc",
        "NotoSansCJK-Regular.ttc",
        "NotoSansCJK-Bold.ttc",
        "NotoColorEmoji.ttf",
    ):
        (tmp_path / name).touch()
    monkeypatch.setattr(fonts, "_folders", lambda: [tmp_path / "missing", tmp_path])
    files = tuple(str(tmp_path / name) for name in ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"))
    emoji = (str(tmp_path / "NotoColorEmoji.ttf"),)
    assert find_fonts() == fonts.Fonts(files, "Noto Sans CJK SC", emoji)
    (tmp_path / "NotoSansCJK-Regular.ttc").unlink()
    assert find_fonts().family == "WenQuanYi Zen Hei"


def test_without_one_the_font_of_the_extra_is_taken(monkeypatch: pytest.MonkeyPatch, whole: Content) -> None:
    pytest.importorskip(fonts.PACKAGE)
    monkeypatch.setattr(fonts, "_folders", lambda: [])
    assert find_fonts().family == "Noto Sans CJK TC"
    with speaking("zh"):
        assert size(picture(replace(whole, board=NOTHING, cohorts=Cohorts(()))))[0] == 1080


def test_without_any_chinese_font_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, whole: Content) -> None:
    monkeypatch.setattr(fonts, "_folders", lambda: [])
    monkeypatch.setattr(fonts, "PACKAGE", "no_such_font")
    with pytest.raises(NoPicture, match=r"fonts-noto-cjk.*qunyu\[picture-font\]") as caught:
        picture(whole)
    assert caught.value.code == "no_font"


def test_without_the_extra_it_says_which(monkeypatch: pytest.MonkeyPatch, whole: Content) -> None:
    monkeypatch.setattr(drawing, "NEEDS", ("py_mini_racer", "no_such_module"))
    with pytest.raises(NoPicture, match=r"pip install 'qunyu\[picture\]'") as caught:
        picture(whole)
    assert caught.value.code == "no_picture_maker"


def test_without_the_charts_program_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, whole: Content) -> None:
    monkeypatch.setattr(finders, "find", lambda path: None)
    with pytest.raises(DomainError, match="make install"):
        picture(whole)


def test_a_drawing_that_fails_is_told_and_the_next_one_made(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(NoPicture) as caught:
        draw(["<svg", "no svg"])
    assert caught.value.code == "picture_failed"
    assert "ValueError" in caplog.text
    assert size(draw([line("茶")])) == (300, 40)


def test_a_drawing_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "DRAWING", 0.001)
    with pytest.raises(NoPicture) as caught:
        draw([line("茶")])
    assert caught.value.code == "picture_failed"


def test_one_picture_is_drawn_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "WAITING", 0.01)
    with drawing._TURN, pytest.raises(NoPicture) as caught:
        draw([line("茶")])
    assert caught.value.code == "picture_busy"
    monkeypatch.setattr(drawing, "WAITING", 60)
    monkeypatch.setattr(drawing, "_PLACES", threading.BoundedSemaphore(3))
    under_way: list[bool] = []
    running = drawing._run

    def watched(job: bytes) -> bytes:
        under_way.append(True)
        assert under_way.count(True) == 1
        try:
            return running(job)
        finally:
            under_way[under_way.index(True)] = False

    monkeypatch.setattr(drawing, "_run", watched)
    threads = [threading.Thread(target=draw, args=([line("茶")],)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert under_way == [False] * 3


def test_few_wait_for_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_PLACES", threading.BoundedSemaphore(1))
    with drawing._PLACES, pytest.raises(NoPicture) as caught:
        draw([line("茶")])
    assert caught.value.code == "picture_busy"
    assert size(draw([line("茶")])) == (300, 40)
