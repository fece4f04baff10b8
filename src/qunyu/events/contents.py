"""Contents: which content type (record.CONTENTS) a placeholder such as [图片] or a type's name stands for."""

from __future__ import annotations

import re

from qunyu.events.record import CONTENTS

_WORDS = {
    "text": "文本 文本消息 文字 引用 引用消息 回复 quote reply",
    "image": "图片 照片 闪照 图片消息 photo picture",
    "sticker": "表情 动画表情 表情包 商城表情 原创表情 gif表情 emoji",
    "voice": "语音 语音消息 audio",
    "video": "视频 短视频 小视频 视频消息",
    "file": "文件 文件消息 离线文件 附件",
    "link": "链接 分享链接 链接分享 分享 卡片消息 音乐 音乐分享 视频号 视频号直播 json消息",
    "mini_program": "小程序 mini-program applet",
    "red_packet": "红包 qq红包 微信红包 红包封面 redpacket",
    "transfer": "转账 微信转账 发起转账 已收款 已退还 非实时转账收款 发起非实时转账",
    "location": "位置 地理位置 位置分享 位置消息 位置共享 实时位置",
    "contact": "名片 个人名片 个人/公众号名片 企业微信名片 card",
    "call": "语音通话 视频通话 音视频通话 通话 voip",
    "poll": "投票 群投票",
    "other": "聊天记录 合并转发 合并转发的聊天记录 转发消息 转发 群公告 笔记 收藏笔记 群接龙 接龙 长消息 markdown消息",
}
_SUBJECTS = {word: subject for subject, words in _WORDS.items() for word in words.split()} | {
    each: each for each in CONTENTS
}
_DETAIL = r"(?:[|:：][^\]】\n]*)?"
_PLACEHOLDER = re.compile(rf"!?[\[【](?P<word>[^\]】|:：\n]{{1,20}}){_DETAIL}[\]】](?:\([^)\n]{{0,2000}}\))?\s*")


def subject_named(name: str) -> str:
    """The content type that an export calls `name` (文本, image, 分享链接 ...); empty when we do not know the word."""
    return _SUBJECTS.get(name.strip().lower(), "")


def subject_of(text: str) -> str:
    """The content type of a text that is only placeholders ([图片], ![图片](http://…), [文件:a.pdf]); else "text"."""
    if not text.startswith(("[", "【", "!")):
        return "text"
    at, first = 0, ""
    while found := _PLACEHOLDER.match(text, at):
        subject = _known(found["word"])
        if not subject:
            return "text"
        first, at = first or subject, found.end()
    return first if first and at == len(text) else "text"


def subject_before(text: str) -> str:
    """The content type of a text that begins with a placeholder and goes on with its details; else "text"."""
    found = _PLACEHOLDER.match(text.lstrip())
    return (_known(found["word"]) if found else "") or "text"


def _known(word: str) -> str:
    """Numbered stickers ([表情341]) count as [表情]."""
    return subject_named(word.strip().rstrip("0123456789"))
