"""Talk: what people did in communities day by day, which the lake answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qunyu.kernel.words import Words
from qunyu.segments.rules.vocabulary import VerbSpec
from qunyu.segments.source import Source

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope

GROUP = Words("行为", "Deeds")
TIMES, DAYS = Words("次", "times"), Words("天", "days")
# Verb: what of a day is counted, see insights.doing.
DEEDS = {
    "message": "messages",
    "speak": "spoken",
    "ask": "questions",
    "answer": "answers",
    "promote": "promotions",
    "act": "actions",
    "active": "active_days",
    "join": "joins",
    "leave": "leaves",
    "mention": "text",
}
_TITLES = {
    "message": Words("发消息", "sent messages"),
    "speak": Words("发言", "spoke"),
    "ask": Words("提问", "asked"),
    "answer": Words("回答问题", "answered"),
    "promote": Words("推销", "promoted"),
    "act": Words("互动动作", "took an action"),
    "active": Words("活跃", "was active"),
    "join": Words("入群", "joined"),
    "leave": Words("退群", "went out"),
    "mention": Words("提到", "mentioned"),
}
_HELP = {
    "speak": Words("真正说了话：不含表情、重复和领红包致谢", "really said something: no sticker, repeat or thanks"),
    "answer": Words("一小时内最先回答别人的提问", "was the first to answer somebody within the hour"),
    "active": Words("有消息或动作的天数", "days with a message or an action"),
    "mention": Words("消息里有这些字；须限定 400 天以内", "a message holds these words; within 400 days at most"),
}


def verbs(scope: Scope) -> list[VerbSpec]:
    """What the lake counts."""
    return [
        VerbSpec(
            key, _TITLES[key], DAYS if key == "active" else TIMES, GROUP, texted=key == "mention", help=_HELP.get(key)
        )
        for key in DEEDS
    ]


SOURCE = Source(5, verbs=verbs, deeds=DEEDS)
