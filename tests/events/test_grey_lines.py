"""What the platforms' own lines say: WeChat's grey lines and QQ's system messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.events import qq_lines, wechat_lines

WECHAT = [
    ('"小林"邀请"阿茶、阿壶"加入了群聊', [("joined", "阿茶", "小林"), ("joined", "阿壶", "小林")]),
    ('"小林"邀请"阿茶"、"阿壶"加入了群聊', [("joined", "阿茶", "小林"), ("joined", "阿壶", "小林")]),
    ('你邀请"阿茶"加入了群聊  撤销', [("joined", "阿茶", "你")]),
    ('"小林"邀请你加入了群聊，群聊参与人还有：阿茶、阿壶', [("joined", "你", "小林")]),
    ('"小林"邀请你和"阿茶"加入了群聊', [("joined", "你", "小林"), ("joined", "阿茶", "小林")]),
    ('"阿茶"通过扫描"小林"分享的二维码加入群聊', [("joined", "阿茶", "小林")]),
    ('"阿茶"通过扫描你分享的二维码加入群聊', [("joined", "阿茶", "你")]),
    ('"阿茶"通过"小林"的邀请二维码加入群聊', [("joined", "阿茶", "小林")]),
    ("你通过扫描二维码加入群聊，群聊参与人还有：小林", [("joined", "你", "")]),
    ('你将"阿茶、阿壶"移出了群聊', [("left", "阿茶", "你"), ("left", "阿壶", "你")]),
    ('"小林"将"阿茶"移出了群聊', [("left", "阿茶", "小林")]),
    ('你被"小林"移出群聊', [("left", "你", "小林")]),
    ('"阿茶"退出了群聊', [("left", "阿茶", "")]),
    ('"小林" 撤回了一条消息', [("recalled", "小林", "")]),
    ("你撤回了一条消息", [("recalled", "你", "")]),
    ('"小林"撤回了成员"阿、茶"的一条消息', [("recalled", "小林", "阿、茶")]),
    ("Ann invited Bo, Cy to the group chat", [("joined", "Bo", "Ann"), ("joined", "Cy", "Ann")]),
    ("Ann invited you and Bo to the group chat", [("joined", "你", "Ann"), ("joined", "Bo", "Ann")]),
    ('"Bo" joined group chat via the QR code you shared', [("joined", "Bo", "你")]),
    ('"Bo" joined group chat via the QR code shared by "Ann"', [("joined", "Bo", "Ann")]),
    ('You removed "Bo" from the group chat', [("left", "Bo", "你")]),
    ('"小林"修改群名为“茶友会”', []),
    ('"小林" 拍了拍 "阿茶"', []),
    ("小林领取了你的红包", []),
    ("群主已启用“群聊邀请确认”，群成员需群主确认才能邀请朋友进群。", []),
]

QQ = [
    ("阿茶加入本群。", [("joined", "阿茶", "")]),
    ("阿茶 加入了群聊", [("joined", "阿茶", "")]),
    ("小林邀请阿茶、阿壶加入了本群。", [("joined", "阿茶", "小林"), ("joined", "阿壶", "小林")]),
    ("管理员小林邀请阿茶加入本群。", [("joined", "阿茶", "小林")]),
    ("阿茶通过小林分享的二维码加入群聊", [("joined", "阿茶", "小林")]),
    ("阿茶退出本群。", [("left", "阿茶", "")]),
    ("阿茶已退出群聊", [("left", "阿茶", "")]),
    ("阿茶被管理员移出本群。", [("left", "阿茶", "管理员")]),
    ("阿茶被管理员小林移出本群。", [("left", "阿茶", "小林")]),
    ("管理员小林将阿茶移出群聊", [("left", "阿茶", "小林")]),
    ("阿茶撤回了一条消息", [("recalled", "阿茶", "")]),
    ("管理员小林撤回了成员阿茶的一条消息", [("recalled", "小林", "阿茶")]),
    ("小林 撤回了 阿茶 的消息", [("recalled", "小林", "阿茶")]),
    ("你已经是群成员了，和大家打个招呼吧！", []),
    ("管理员开启了加入群聊验证", []),
    ("群名已修改为茶友会", []),
]


@pytest.mark.parametrize(("line", "moves"), WECHAT)
def test_wechat(line: str, moves: list[tuple[str, str, str]]) -> None:
    assert [tuple(each) for each in wechat_lines.moves(line)] == moves


@pytest.mark.parametrize(("line", "moves"), QQ)
def test_qq(line: str, moves: list[tuple[str, str, str]]) -> None:
    assert [tuple(each) for each in qq_lines.moves(line)] == moves


def test_markup_of_wechat_lines_goes() -> None:
    raw = '<![CDATA["小林" 撤回了一条消息 <a href="weixin://revoke_edit_click">重新编辑</a>]]>'
    assert wechat_lines.freed(raw) == '"小林" 撤回了一条消息 重新编辑'
    packet = '<img src="SystemMessages_HongbaoIcon.png"/>  小林领取了你的<_wc_custom_link_>红包</_wc_custom_link_>'
    assert wechat_lines.freed(packet) == "小林领取了你的红包"


@pytest.mark.parametrize(
    ("code", "sub", "subject"),
    [
        (1, 0, "text"), (3, 0, "image"), (34, 0, "voice"), (42, 0, "contact"), (43, 0, "video"), (47, 0, "sticker"),
        (48, 0, "location"), (50, 0, "call"), (49, 5, "link"), (49, 6, "file"), (49, 33, "mini_program"),
        (49, 36, "mini_program"), (49, 57, "text"), (49, 2000, "transfer"), (49, 2001, "red_packet"), (49, 19, "other"),
        (777, 0, "other"),
    ],
)  # fmt: skip
def test_wechat_types(code: int, sub: int, subject: str) -> None:
    assert wechat_lines.subject(code, sub) == subject
    assert not wechat_lines.is_system(code, sub)


def test_wechat_grey_lines_by_type() -> None:
    assert wechat_lines.is_system(10000, 0)
    assert wechat_lines.is_system(49, 62)


def test_qq_people_and_robots() -> None:
    assert qq_lines.person("阿茶(10)(100001)") == ("100001", "阿茶(10)")
    assert qq_lines.person("(100001)") == ("100001", "100001")
    assert qq_lines.person("阿茶(10)") == ("", "阿茶(10)")
    assert qq_lines.is_robot("2854196310")
    assert not qq_lines.is_robot("100001")
    assert not qq_lines.is_robot("")


@given(st.text(alphabet='"“”邀请加入了群聊通过扫描分享的二维码移出退撤回一条消息你将被、 ', max_size=1200))
def test_no_line_takes_long_or_raises(line: str) -> None:
    for move in (*wechat_lines.moves(line), *qq_lines.moves(line)):
        assert move.name
