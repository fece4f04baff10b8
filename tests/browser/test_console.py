"""The console in a browser: at a desk and on a phone, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Visit, Visitor

WIDTH_AND_LANGUAGE = ("width", "language")
SCREENS = pytest.mark.parametrize(WIDTH_AND_LANGUAGE, [(1440, "zh"), (1440, "en"), (390, "zh"), (390, "en")], ids=str)
# Each width and each language once: the walk through the console sees every page at all four.
TWO_SCREENS = pytest.mark.parametrize(WIDTH_AND_LANGUAGE, [(1440, "en"), (390, "zh")], ids=str)
CHAT = """\
02/03/2026, 10:00 - Ann created group "{name}"
02/03/2026, 10:01 - Ann: Who runs today?
02/03/2026, 10:02 - Bob: Not me
"""
PAGES = (
    "/board/metrics", "/board/metrics/repurchase_rate", "/members", "/members/same", "/members/import",
    "/organisation", "/organisation/staff", "/organisation/roles", "/organisation/import", "/settings/imports",
    "/settings/imports/new", "/settings/fields", "/settings/fields/new", "/settings/account", "/settings/second-factor",
    "/settings/sign-in", "/settings/tokens", "/settings/audit",
)  # fmt: skip


@SCREENS
def test_a_walk_through_the_console(width: int, language: str, visit: Visitor) -> None:
    one = visit(width, language)
    one.fits()
    charts_are_drawn(one)
    one.go("/communities")
    one.page.get_by_role("link", name="Tea lovers").click()
    one.says("最后活动", "Last activity")
    charts_are_drawn(one)
    one.fits()
    one.click("活跃时段", "Activity")
    one.says("一周里什么时候最热闹", "When in the week is it lively")
    charts_are_drawn(one)
    one.fits()
    one.page.locator(".detail-tabs a").nth(1).click()
    one.page.get_by_role("link", name="小茶").click()
    one.says("明天有人一起喝茶吗", "明天有人一起喝茶吗")
    one.fits()
    for page in PAGES:
        one.go(page)


def charts_are_drawn(one: Visit) -> None:
    one.page.wait_for_function(
        "(found => found.length > 0 && found.every(each => each.querySelector('canvas')))"
        "([...document.querySelectorAll('[data-chart]')])"
    )


@TWO_SCREENS
def test_an_import_is_given_checked_done_and_undone(width: int, language: str, visit: Visitor, tmp_path: Path) -> None:
    one = visit(width, language)
    name = f"Runners {width} {language}"
    file = tmp_path / f"WhatsApp Chat with {name}.txt"
    file.write_text(CHAT.format(name=name), encoding="utf-8")
    one.go("/settings/imports/new")
    one.page.set_input_files("#files", file)
    one.click("上传并核对", "Upload and check")
    one.says("Who runs today?", "Who runs today?")
    one.fits()
    one.click("重新预览", "Look again")
    one.says("Not me", "Not me")
    one.click("开始导入", "Start the import")
    one.says("已完成", "Done")
    one.says("导入结果", "What was imported")
    one.fits()
    one.go(f"/communities?q={name}")
    one.page.get_by_role("link", name=name, exact=True).wait_for()
    one.page.go_back()
    one.page.locator("a[href$='/undo']").click()
    one.says("其他导入也包含的内容会保留", "What another import also holds stays")
    one.fits()
    one.click("撤销导入", "Undo the import")
    one.says("已删除的内容", "What was removed")
    one.go(f"/communities?q={name}")
    one.says("没有符合条件的内容", "Nothing matches")


@pytest.mark.once
def test_typing_in_the_search_narrows_the_list_and_the_address(visit: Visitor) -> None:
    one = visit(1440, "zh")
    one.go("/members")
    assert one.page.locator("tbody tr").count() == 4
    one.page.locator("#q").press_sequentially("茶")
    one.page.wait_for_url("**/members?**q=%E8%8C%B6**")
    assert one.page.locator("tbody tr").all_inner_texts()[0].startswith("小茶")
    assert one.page.locator("tbody tr").count() == 1
    assert one.page.locator("#q").input_value() == "茶"
    one.page.locator(".chips a").click()
    one.page.wait_for_url(lambda address: "q=" not in address)
    one.page.locator("thead a").first.click()
    one.page.wait_for_url("**sort=name**")
    assert one.page.locator("th[aria-sort=ascending]").count() == 1


@pytest.mark.once
def test_columns_can_be_hidden(visit: Visitor) -> None:
    one = visit(1440, "en")
    one.go("/communities")
    assert one.page.get_by_role("columnheader", name="Platform").count() == 1
    one.page.locator("details.menu summary").click()
    one.page.get_by_label("Platform", exact=True).and_(one.page.locator("input")).uncheck()
    one.page.get_by_role("columnheader", name="Platform").wait_for(state="detached")
    assert one.page.get_by_role("columnheader", name="Unit", exact=True).count() == 1


@pytest.mark.once
@pytest.mark.parametrize("width", [1440, 390])
def test_the_boards_controls_change_cards_and_charts_at_once(width: int, visit: Visitor) -> None:
    one = visit(width, "zh")
    one.page.locator("label[for=grain-day]").click()
    one.page.wait_for_url("**grain=day**")
    one.page.get_by_text("2026-03-14", exact=True).wait_for()
    charts_are_drawn(one)
    one.page.locator("#by").select_option("community")
    one.page.get_by_role("rowheader", name="Tea lovers").wait_for()
    one.fits()
    explain = one.page.locator("details.explain").first
    explain.locator("summary").click()
    assert "依据" in explain.inner_text()
    one.fits()


@pytest.mark.once
def test_the_menu_of_a_phone_opens_and_closes(visit: Visitor) -> None:
    one = visit(390, "zh")
    menu, entry = one.page.locator(".navbar-toggler"), one.page.get_by_role("link", name="社群", exact=True)
    assert menu.get_attribute("aria-expanded") == "false"
    assert not entry.is_visible()
    menu.click()
    assert menu.get_attribute("aria-expanded") == "true"
    one.fits()
    entry.click()
    one.page.wait_for_url("**/communities")


@pytest.mark.once
def test_the_keyboard_reaches_the_content_first(visit: Visitor) -> None:
    one = visit(1440, "zh")
    one.go("/communities")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.textContent") == "跳到正文"
    one.page.keyboard.press("Enter")
    assert one.page.evaluate("document.activeElement.id") == "content"


@pytest.mark.once
def test_dark_is_remembered(visit: Visitor) -> None:
    one = visit(1440, "zh")
    assert one.page.locator("html").get_attribute("data-bs-theme") == "light"
    one.page.locator("[data-theme-switch]").click()
    one.go("/communities")
    assert one.page.locator("html").get_attribute("data-bs-theme") == "dark"


@pytest.mark.once
def test_every_field_has_a_name_for_screen_readers(visit: Visitor) -> None:
    one = visit(1440, "zh")
    for page in ("/board", "/communities", "/members", *PAGES):
        one.go(page)
        nameless = one.page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href]')]"
            ".filter(each => !each.labels?.length && !each.textContent.trim() && !each.ariaLabel).map(each => each.outerHTML)"
        )
        assert nameless == [], page
        assert one.page.locator("h1").count() == 1, page


@pytest.mark.once
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_sorts_a_list_without_its_heads(language: str, visit: Visitor) -> None:
    one = visit(390, language)
    one.go("/members?place=")
    assert not one.page.locator("thead a").first.is_visible()
    one.page.locator("#sort").focus()
    one.page.locator("#sort").select_option("-name")
    one.page.wait_for_url("**sort=-name**")
    one.page.locator("tbody tr:first-child a", has_text="小茶").wait_for()
    one.page.locator("#sort:focus").wait_for()
    one.page.locator("#q").press_sequentially("o")
    one.page.wait_for_url("**q=o**")
    assert "sort=-name" in one.page.url
    assert one.page.locator("#sort").input_value() == "-name"
    one.fits()
    one.go("/members")
    one.page.locator("#filter-place").select_option("outside")
    one.page.wait_for_url("**place=outside**")
    one.fits()


@pytest.mark.once
def test_a_desk_sorts_by_the_heads_alone_and_keeps_the_focus(visit: Visitor) -> None:
    one = visit(1440, "zh")
    one.go("/members")
    assert not one.page.locator("#sort").is_visible()
    one.page.locator("#sort-name").focus()
    for order in ("ascending", "descending"):
        one.page.keyboard.press("Enter")
        one.page.locator(f"th[aria-sort={order}] #sort-name").wait_for()
        one.page.locator("#sort-name:focus").wait_for()


@pytest.mark.once
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_columns_of_a_phone_can_be_read(language: str, visit: Visitor) -> None:
    one = visit(390, language)
    for page in ("/communities", "/members", "/settings/imports", "/settings/audit"):
        one.go(page)
        one.page.locator("details.menu summary").click()
        one.fits()
        boxes = [each.bounding_box() for each in one.page.locator(".menu-body label").all()]
        assert boxes
        assert all(box and box["width"] > 100 and box["height"] < 60 for box in boxes), page


@pytest.mark.once
def test_earlier_moments_take_the_focus(visit: Visitor, tmp_path: Path) -> None:
    one = visit(1440, "zh")
    file = tmp_path / "WhatsApp Chat with Talkers.txt"
    lines = [f"0{1 + n // 60}/03/2026, 10:{n % 60:02d} - Zed Talker: line {n}" for n in range(90)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    one.go("/settings/imports/new")
    one.page.set_input_files("#files", file)
    one.click("上传并核对", "Upload and check")
    one.click("开始导入", "Start the import")
    one.says("导入结果", "What was imported")
    result = one.page.url.removeprefix(one.site)
    one.go("/members?q=Zed")
    one.page.get_by_role("link", name="Zed Talker").click()
    # Labels come when their job is done: what was said stands still.
    one.page.locator("a[href*='source=talk']").click()
    one.page.wait_for_url("**source=talk")
    for before, count in ((40, 80), (80, 90)):
        one.page.locator("#more a").focus()
        one.page.keyboard.press("Enter")
        one.page.locator(f".moments > li:nth-child({before + 1}):focus").wait_for()
        assert one.page.locator(".moment").count() == count
    one.go(f"{result}/undo")
    one.click("撤销导入", "Undo the import")
    one.says("已删除的内容", "What was removed")


@pytest.mark.once
@TWO_SCREENS
def test_from_a_letter_to_the_people_and_what_if(width: int, language: str, visit: Visitor) -> None:
    one = visit(width, language)
    one.go("/board/aarrr")
    one.says("谁在什么时候走的", "Who left when")
    one.says("这是算术，不是预测", "It is arithmetic and no forecast")
    one.says("来了多久走的？", "How long had they been there?")
    charts_are_drawn(one)
    one.fits()
    for field, value in (("conversion", "50"), ("order_value", "10"), ("orders_per_buyer", "2")):
        one.page.fill(f"#factor-{field}", value)
    # Four people, all of whom spoke: 4 × 1 × 0.5 × 10 × 2.
    one.page.wait_for_function("document.querySelector('[data-outcome=revenue]').textContent === '¥ 40.00'")
    slider = one.page.locator("[data-slides=factor-visitors]")
    slider.evaluate("each => { each.value = 8; each.dispatchEvent(new Event('input', { bubbles: true })); }")
    one.page.wait_for_function("document.querySelector('[data-outcome=revenue]').textContent === '¥ 80.00'")
    one.click("计算", "Calculate")
    one.says("¥ 80.00", "¥ 80.00")
    one.fits()
    one.go("/board/aarrr")
    one.page.get_by_role("link", name="是哪些人" if language == "zh" else "Who?").first.click()
    one.says("小茶", "小茶")
    one.fits()
    one.go("/communities")
    one.page.get_by_role("link", name="Tea lovers").click()
    one.click("关系", "Network")
    one.says("谁在维系这个群？", "Who holds it together?")
    charts_are_drawn(one)
    one.fits()


@pytest.mark.once
@TWO_SCREENS
def test_from_a_duty_to_noted_work(width: int, language: str, visit: Visitor) -> None:
    one = visit(width, language)
    one.go("/communities")
    one.page.get_by_role("link", name="Tea lovers").click()
    one.click("运营", "Team")
    one.click("分配", "Give the duty")
    one.says("自", "since")
    one.go("/organisation/load")
    one.page.locator("td.main a").first.click()
    one.says("在群里是谁", "Who they are in the chats")
    one.fits()
    one.go("/organisation/effort?first=2026-03-01&last=2026-03-31")
    one.says("还没有账号关联到群里的人", "No account is linked with a person of the chats yet")
    one.page.fill("#first", "2026-03-02")
    one.page.wait_for_url("**first=2026-03-02**")
    one.fits()
    one.go("/organisation/work")
    one.page.fill("#minutes", "25")
    one.page.keyboard.press("Enter")
    one.says("25", "25")
    one.fits()
    one.go("/organisation/duties")
    one.says("Tea lovers", "Tea lovers")


@pytest.mark.once
@TWO_SCREENS
def test_a_profile_is_written_and_shown_for_a_reason(width: int, language: str, visit: Visitor) -> None:
    """Typed, masked, shown in place for a reason, and a contact noted down beside it."""
    one = visit(width, language)
    one.go("/members?q=Tom")
    one.page.locator("a.stretched-link").first.click()
    one.click("编辑资料", "Edit the profile")
    one.page.fill("#phone", "13800000000")
    one.page.fill("#birthday", "02-29")
    one.page.locator("main form button.btn-primary").click()
    one.page.get_by_text("138****0000").first.wait_for()
    one.fits()
    one.page.locator("#profile summary").first.click()
    one.page.fill("#reason", "call back")
    one.page.keyboard.press("Enter")
    one.page.get_by_text("13800000000", exact=True).wait_for()
    one.fits()
    one.page.reload()
    assert one.page.get_by_text("13800000000", exact=True).count() == 0
    one.page.locator("summary").filter(has_text="记录一次联系" if language == "zh" else "Note a contact").click()
    one.page.fill("#summary", "asked about tea")
    one.page.locator("form[action$=contacts] button").click()
    one.page.get_by_text("asked about tea").first.wait_for()
    one.fits()
