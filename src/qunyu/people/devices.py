"""Devices: what a browser says of itself, in plain words."""

from __future__ import annotations

import re

from qunyu.kernel.words import Words

UNKNOWN = Words("未知设备", "Unknown device")
# The first that is found counts: most of them name several others besides.
_BROWSERS = (
    (r"wxwork", Words("企业微信", "WeCom")),
    (r"MicroMessenger", Words("微信", "WeChat")),
    (r"DingTalk", Words("钉钉", "DingTalk")),
    (r"Lark|Feishu", Words("飞书", "Feishu")),
    (r"QQBrowser", Words("QQ 浏览器", "QQ Browser")),
    (r"HuaweiBrowser", Words("华为浏览器", "Huawei Browser")),
    (r"Edg(e|A|iOS)?/", Words("Edge", "Edge")),
    (r"OPR/|Opera", Words("Opera", "Opera")),
    (r"Firefox/|FxiOS/", Words("Firefox", "Firefox")),
    (r"SamsungBrowser", Words("三星浏览器", "Samsung Internet")),
    (r"HeadlessChrome/|Chrome/|CriOS/", Words("Chrome", "Chrome")),
    (r"Safari/", Words("Safari", "Safari")),
)
_SYSTEMS = (
    (r"iPhone", Words("iPhone", "iPhone")),
    (r"iPad", Words("iPad", "iPad")),
    (r"HarmonyOS|OpenHarmony", Words("鸿蒙", "HarmonyOS")),
    (r"Android", Words("安卓", "Android")),
    (r"Windows", Words("Windows", "Windows")),
    (r"Mac OS X|Macintosh", Words("Mac", "Mac")),
    (r"CrOS", Words("ChromeOS", "ChromeOS")),
    (r"Linux|X11", Words("Linux", "Linux")),
)


def device(agent: str) -> Words:
    """Browser and system that a User-Agent header names: Chrome · Windows; "unknown device" where it names neither."""
    found = [words for table in (_BROWSERS, _SYSTEMS) if (words := _first(table, agent))]
    if not found:
        return UNKNOWN
    return Words(" · ".join(each.zh for each in found), " · ".join(each.en for each in found))


def _first(table: tuple[tuple[str, Words], ...], agent: str) -> Words | None:
    return next((words for pattern, words in table if re.search(pattern, agent)), None)
