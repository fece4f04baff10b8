"""Contents: what placeholders and type names stand for."""

import pytest

from qunyu.events.contents import subject_before, subject_named, subject_of
from qunyu.events.record import CONTENTS


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("[图片]", "image"), ("[图片][图片]", "image"), ("[表情]", "sticker"), ("[动画表情]", "sticker"),
        ("[语音]", "voice"), ("[视频]", "video"), ("[文件]", "file"), ("[链接]", "link"),
        ("[小程序]", "mini_program"), ("[红包]", "red_packet"), ("[转账]", "transfer"), ("[位置]", "location"),
        ("[名片]", "contact"), ("[语音通话]", "call"), ("[群投票]", "poll"),
        ("![图片](http://127.0.0.1/image/1)", "image"), ("[文件|茶单.pdf](http://127.0.0.1/file/1)", "file"),
        ("[转账|发送 ￥5.00](茶钱)", "transfer"), ("[语音:3秒]", "voice"), ("[表情341]", "sticker"),
        ("【图片】", "image"), ("[图片]这是茶", "text"), ("[微笑]", "text"), ("早上好", "text"), ("", "text"),
        ("[", "text"), ("!", "text"), ("[通知] 明天开会", "text"),
    ],
)  # fmt: skip
def test_a_text_of_placeholders(text: str, subject: str) -> None:
    assert subject_of(text) == subject


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("【分享链接】\n标题：茶", "link"),
        ("【文件】茶单.pdf 1 MB", "file"),
        ("【红包】: 恭喜发财", "red_packet"),
        ("【发起转账】:￥5", "transfer"),
        ("            [链接]:title:茶", "link"),
        ("早上好【图片】", "text"),
    ],
)
def test_a_placeholder_before_its_details(text: str, subject: str) -> None:
    assert subject_before(text) == subject


def test_names_of_types() -> None:
    assert all(subject_named(each) == each for each in CONTENTS)
    assert subject_named("文本") == "text"
    assert subject_named("个人/公众号名片") == "contact"
    assert subject_named("1") == ""
