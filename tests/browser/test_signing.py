"""A new account in a browser: its first password changed, a second factor set up and asked for, its sessions ended."""

from __future__ import annotations

import pyotp
import pytest
from django.utils import timezone
from playwright.sync_api import Page

from tests.browser.conftest import Visit, Visitor

FIRST, OWN = "a first phrase 9", "a phrase of my own 8"


@pytest.mark.parametrize(("width", "language"), [(1440, "zh"), (390, "en")], ids=str)
def test_from_a_first_password_to_a_second_factor(width: int, language: str, visit: Visitor) -> None:
    boss = visit(width, language)
    name = f"mei{width}"
    add_account(boss, name)
    new = Visit(stranger(boss), boss.site, width, language)
    sign_in(new, name, FIRST)
    new.says("设置新密码", "Choose a new password")
    new.fits()
    new.page.fill("#old", FIRST)
    new.page.fill("#new", OWN)
    new.page.keyboard.press("Enter")
    new.page.wait_for_url("**/board")
    app = set_up(new)
    new.go("/settings/account")
    new.says("本机", "this one")
    other = Visit(stranger(boss), boss.site, width, language)
    sign_in(other, name, OWN)
    other.says("也可以输入一个恢复码", "A recovery code does as well")
    other.fits()
    # The present code was good for setting up; the next one counts already.
    other.page.fill("#code", app.at(timezone.now(), counter_offset=1))
    other.page.keyboard.press("Enter")
    other.page.wait_for_url("**/board")
    boss.go(f"/organisation/staff?q={name}")
    boss.page.locator("a.stretched-link", has_text=name).click()
    boss.page.locator("a[href$='/access']").click()
    boss.says("登录情况", "Where they are signed in")
    boss.fits()
    boss.click("全部结束", "End all")
    boss.says("目前没有登录", "Nowhere at the moment")
    for each in (new, other):
        each.page.goto(f"{each.site}/settings/account")
        each.page.wait_for_url("**/sign-in?next=**")
        each.page.context.close()


def add_account(boss: Visit, name: str) -> None:
    """Adds an account by the form below the list of accounts."""
    boss.go("/organisation/staff")
    boss.page.locator("details.card > summary").last.click()
    for field, value in (("#staff-name", name), ("#username", name), ("#password", FIRST)):
        boss.page.fill(field, value)
    boss.page.locator("form[action$='/organisation/staff'] select[name=role]").select_option("owner")
    boss.page.locator("form[action$='/organisation/staff'] button.btn-primary").click()
    boss.says("已添加", "Added")


def stranger(boss: Visit) -> Page:
    """A page of another browser, in the same language."""
    browser = boss.page.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": boss.width, "height": 900})
    context.add_cookies([{"name": each, "value": boss.language, "url": boss.site} for each in COOKIES])
    return context.new_page()


COOKIES = ("qunyu_language", "qunyu_language_now")


def sign_in(who: Visit, name: str, password: str) -> None:
    """Gives the password at the door."""
    who.go("/sign-in")
    who.page.fill("#username", name)
    who.page.fill("#password", password)
    who.page.keyboard.press("Enter")
    who.page.wait_for_url(lambda address: not address.endswith("/sign-in"))


def set_up(who: Visit) -> pyotp.TOTP:
    """Sets the second factor up by the pages; the app."""
    who.go("/settings/second-factor")
    who.page.locator("form[action$=begin] button").click()
    who.page.locator(".qr-frame svg").wait_for()
    who.fits()
    secret = who.page.locator("code.secret").text_content()
    assert secret
    app = pyotp.TOTP(secret)
    who.page.fill("#code", app.at(timezone.now()))
    who.page.keyboard.press("Enter")
    who.page.locator(".recovery-codes").wait_for()
    assert who.page.locator(".recovery-codes li").count() == 10
    who.fits()
    return app
