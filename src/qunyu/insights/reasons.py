"""Reasons: why a community is said to be in a state, in words and figures, and what is not known about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qunyu.insights.states import State
from qunyu.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Told:
    """What the words are made of: `talk` and `earlier` are messages of ordinary members a day; `silent` and `traceless` are days
    since the last word of a member and the last trace of anybody, `age` days since the opening; None: never, or nobody knows."""

    state: State
    level: float | None
    talk: float
    earlier: float
    days: int
    people: int
    needed: int
    age: int | None
    opening_known: bool
    silent: int | None
    traceless: int | None
    voices: bool
    quiet: bool
    flash: bool
    closes: date | None
    theme: bool
    type: bool


def reason(told: Told) -> Words:
    """Why the state is what it is."""
    words = _unclear(told) if told.state == "unclear" else _dead(told) if told.state == "dead" else _REASONS[told.state]
    if told.state == "closing" and told.closes is not None:
        words = _CLOSES
    level = 0 if told.level is None else told.level
    filled = words.fill(
        level=level, talk=told.talk, earlier=told.earlier, days=told.days, people=told.people, needed=told.needed,
        age=told.age, silent=told.silent, closes=told.closes,
    )  # fmt: skip
    if not told.quiet:
        return filled
    return Words(f"{filled.zh}；{_QUIET.zh}", f"{filled.en}; {_QUIET.en}")


_QUIET = Words("全部社群这一周都偏安静，已按此修正", "the whole matrix was quiet this week, which is allowed for")
_CLOSES = Words("按计划在 {closes} 关群", "it closes on {closes} as planned")
_COMPARED = Words(
    "活跃度是此前最好三周的 {level:.0%}：成员每天消息 {earlier:.1f} → {talk:.1f} 条",
    "its activity is {level:.0%} of its best three weeks before: members’ messages a day {earlier:.1f} → {talk:.1f}",
)
_REASONS: dict[State, Words] = {
    "opening": Words(
        "开群第 {age} 天，头四周不判断涨落", "{age} days since it opened; the first four weeks are not judged"
    ),
    "growing": Words(
        "成员每天消息 {talk:.1f} 条，比四周前明显多",
        "members write {talk:.1f} messages a day, clearly more than four weeks ago",
    ),
    "steady": _COMPARED,
    "fading": _COMPARED,
    "closing": Words(
        "快闪群，开群已 {age} 天，活动过后本该解散",
        "a flash group, {age} days old: it is meant to end after its action",
    ),
    "dissolved": Words("已登记关群日期 {closes}", "its closing on {closes} is on record"),
}


def _dead(told: Told) -> Words:
    if told.silent is None:
        return Words("从来没有普通成员说过话", "no ordinary member has ever spoken")
    return Words("普通成员已 {silent} 天没有说话", "no ordinary member has spoken for {silent} days")


def _unclear(told: Told) -> Words:
    if told.silent is None:
        return Words("没有成员聊天记录", "no talk of members is known")
    if told.people < _PEOPLE:
        return Words(
            "一周里最多只有 {people} 位普通成员发言，谈不上涨落",
            "at most {people} ordinary members spoke in a week, too few for a life curve",
        )
    if told.days < told.needed:
        return Words(
            "聊天记录只有 {days} 天，至少要 {needed} 天才能比较",
            "only {days} days of talk are known, and it takes {needed} to compare",
        )
    return Words(
        "此前最好的几周平均每天也只有 {earlier:.1f} 条消息，涨落与偶然分不开",
        "even its best weeks brought {earlier:.1f} messages a day: rises and falls cannot be told from chance",
    )


_PEOPLE = 3


def unknowns(told: Told, explained: bool) -> tuple[Words, ...]:
    """What is not known of the community and would change the picture."""
    found = []
    if told.traceless is not None and told.traceless > 7 and told.state != "dissolved":
        found.append(_ENDED.fill(days=told.traceless))
    if not told.opening_known:
        found.append(_OPENED)
    if not told.voices:
        found.append(_ALONE)
    if not told.type:
        found.append(_TYPE)
    if told.state == "fading" and not explained:
        found.append(_WHY)
    return tuple(found)


_ENDED = Words(
    "已 {days} 天没有任何记录（连运营人员和进退群也没有）：也可能是导出到此为止，请导入更新的聊天记录",
    "nothing at all has been recorded for {days} days, no staff and no comings either: the export may end there; import a newer one",
)
_OPENED = Words(
    "没有填写开群日期，按最早一条记录算；请在设置里填写",
    "nobody entered when it opened, so its first trace counts; enter the day in its settings",
)
_ALONE = Words(
    "同时有足够消息的社群不到 5 个，分不出是节假日还是本群的事",
    "fewer than 5 communities talk enough at once to tell a holiday from its own doing",
)
_TYPE = Words(
    "没有填写类型：快闪群按计划结束会被当成衰退",
    "its type is not set: a flash group that ends by plan would count as fading",
)
_WHY = Words("现有记录看不出衰退的原因", "the records do not tell why it fades")
