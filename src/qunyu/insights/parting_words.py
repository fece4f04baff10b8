"""Parting words: reasons for leaving, told from what people last said. Few say one: what is not found stays unsaid."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qunyu.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: what it is called, and the pattern of the words that state it, in Chinese and English, in small letters."""

    key: str
    title: Words
    pattern: str


# The first that is found counts. Complaints of something being too much or too dear, and no mere mention of it: whoever asks for a
# price, or offers goods, gives no reason for going.
REASONS = (
    Reason(
        "advertising",
        Words("广告太多", "Too much advertising"),
        "(广告|推销|营销|链接).{0,3}(太多|好多|真多|满天飞|轰炸|没完)|(太多|全是|都是|天天|总是|老是|净是|整天)发?(的)?(广告|推销|营销|链接)|刷屏|"
        "too many (ads|promotions|offers)|(nothing but|only|full of) (ads|spam)|spam",
    ),
    Reason(
        "noise",
        Words("消息太多", "Too many messages"),
        "消息太多|太吵|看不过来|爬楼|响个不停|too noisy|too many (messages|notifications)|can'?t keep up",
    ),
    Reason(
        "price",
        Words("价格", "Price"),
        "太贵|好贵|真贵|贵了|买不起|涨价|不划算|性价比低|别家.{0,4}便宜|too (expensive|dear|pricey)|overpriced|can'?t afford|cheaper elsewhere",
    ),
    Reason(
        "quality",
        Words("商品、退款", "Goods or refund"),
        "退款|退货|退钱|质量(差|不行|太|不好|问题)|假货|被骗|骗子|货不对板|refund|money back|scam|poor quality|fake goods",
    ),
    Reason(
        "quarrel",
        Words("争吵、不友善", "Quarrel, unkindness"),
        "吵架|骂人|别骂|喷子|阴阳怪气|不尊重|欺负|杠精|人身攻击|嘲笑|\\b(rude|toxic|bully|bullying|insult\\w*|harass\\w*)\\b",
    ),
    Reason(
        "off_topic",
        Words("跑题、没内容", "Off topic, nothing in it"),
        "跑题|偏题|歪楼|(跟|和|与).{0,8}(无关|没关系)|没意思|没营养|没(什么)?干货|没什么用|无聊|off.?topic|not relevant|\\b(boring|useless)\\b",
    ),
    Reason(
        "no_need",
        Words("不再需要", "No need any more"),
        "不需要了|用不上|用不到|用不着|不喝了|不买了|戒了|已经买(到|了)|no longer need|don'?t need (it|this) any",
    ),
    Reason(
        "no_time",
        Words("没时间", "No time"),
        "没时间|没空|太忙|顾不上|忙不过来|no time|too busy|don'?t have time",
    ),
    Reason(
        "goodbye",
        Words("只道别", "Said goodbye, no reason"),
        "退群|退了|告辞|再见|拜拜|先走了|走了|江湖再|\\b(good)?bye\\b|leaving (the|this) (group|chat|channel)|see you",
    ),
)
# What is left: something else was said, or nothing within the day.
OTHER = Reason("other", Words("说了别的", "Said something else"), "")
UNSAID = Reason("unsaid", Words("什么也没说", "Said nothing"), "")
EVERY = {each.key: each for each in (*REASONS, OTHER, UNSAID)}

_PATTERNS = tuple((each.key, re.compile(each.pattern)) for each in REASONS)


def reason_in(text: str) -> str:
    """The key of the reason that `text` states; "other" where it states none, "unsaid" where it is empty."""
    words = text.strip().lower().replace("’", "'")
    if not words:
        return UNSAID.key
    return next((key for key, pattern in _PATTERNS if pattern.search(words)), OTHER.key)
