"""The text form: what it reads, what it writes, what it refuses; and that it loses nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import LANGUAGES, Words
from qunyu.segments.rules.checking import checked
from qunyu.segments.rules.parsing import parsed
from qunyu.segments.rules.printing import printed
from qunyu.segments.rules.shape import from_json, to_json
from qunyu.segments.rules.tree import And, Condition, Did, Everybody, Field, Not, Or, Places, Window
from qunyu.segments.rules.vocabulary import OPERATORS, FieldSpec, VerbSpec, Vocabulary

G, TIMES = Words("组", "group"), Words("次", "times")
TIERS = (("ordinary", Words("普通", "Ordinary")), ("active", Words("活跃", "Active")))
# Names that look like the language's own words, like one another, or like nothing.
ODD = (
    ("a", Words("且", "and")), ("b", Words("客户/“VIP”", 'the "best"')), ("c", Words("客户", "x")), ("d", Words("老客户", "X")),
    ("e", Words("活", "is active")), ("f", Words("", "\\")), ("g", Words("新 客\n户", "new one")),
    ("h", Words("客户阶段/VIP", "客户阶段/VIP")), ("i", Words("客户阶段/老 客", "客户阶段/老 客")),
)  # fmt: skip
FIELDS = (
    FieldSpec("tier", Words("用户分层", "tier"), "choice", G, TIERS),
    FieldSpec("tag", Words("标签", "tag"), "tag", G, ODD),
    FieldSpec("likes", Words("喜欢", "likes"), "choices", G, TIERS),
    FieldSpec("region", Words("地区", "region"), "text", G),
    FieldSpec("size", Words("尺码", "tier size"), "number", G),
    FieldSpec("spent.CNY", Words("累计消费 CNY", "total spent CNY"), "money", G, currency="CNY", deed="order"),
    FieldSpec("last_order", Words("最近下单", "last order"), "date", G, deed="order"),
    FieldSpec("last", Words("最后活动", "last seen"), "date", G),
    FieldSpec("phone", Words("手机号", "phone"), "known", G),
    FieldSpec("not_it", Words("没有孩子", "not it"), "text", G),
    FieldSpec("twin", Words("地区", "region"), "text", G),
)
VERBS = (
    VerbSpec("message", Words("发消息", "sent messages"), TIMES, G),
    VerbSpec("order", Words("下单", "ordered"), TIMES, G, placed=False),
    VerbSpec("mention", Words("提到", "mentioned"), TIMES, G, texted=True),
)
KNOWN = Vocabulary(
    {each.key: each for each in FIELDS},
    {each.key: each for each in VERBS},
    {"type": TIERS, "community": ODD, "unit": (), "theme": (), "platform": ()},
    {"income": "orders.view"},
)
DAYS = st.dates(date(2020, 1, 1), date(2027, 1, 1))
SHORT = st.text(st.sampled_from('ab且或(“”"\\ \n活|#,'), min_size=1, max_size=6).filter(lambda text: bool(text.strip()))


def value(spec: FieldSpec, op: str) -> st.SearchStrategy[str]:
    if spec.options:
        return st.sampled_from([code for code, _ in spec.options])
    if spec.kind == "date" and op not in ("within", "older"):
        return DAYS.map(str)
    if spec.kind == "text":
        return SHORT.map(str.strip)
    return st.integers(1, 99).map(str)


@st.composite
def fields(draw: st.DrawFn) -> Field:
    spec = draw(st.sampled_from(FIELDS))
    op = draw(st.sampled_from(OPERATORS[spec.kind]))
    count = {"between": 2, "known": 0, "unknown": 0}.get(op, 1)
    values = [draw(value(spec, op)) for _ in range(count)]
    if op == "is":
        values += draw(st.lists(value(spec, op), max_size=2))
    return Field(spec.key, op, tuple(sorted(values, key=lambda each: (len(each), each)) if op == "between" else values))


@st.composite
def deeds(draw: st.DrawFn) -> Did:
    spec = draw(st.sampled_from(VERBS))
    first, last = sorted((draw(DAYS), draw(DAYS)))
    windows = [Window(draw(st.integers(1, 400)))]
    windows += (
        [] if spec.texted else [Window(), Window(None, first, last), Window(None, first), Window(None, None, last)]
    )
    places = Places((("type", ("active",)), ("community", ("b", "f"))) if spec.placed and draw(st.booleans()) else ())
    often = draw(st.sampled_from([("at_least", 1), ("at_least", 3), ("at_most", 0), ("exactly", 2)]))
    return Did(spec.key, *often, draw(st.sampled_from(windows)), places, draw(SHORT) if spec.texted else "")  # type: ignore[arg-type]


LEAVES: st.SearchStrategy[Condition] = st.one_of(fields(), deeds(), st.just(Everybody()))


def grown(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(several.map(And), several.map(Or), inner.map(Not))


CONDITIONS = st.recursive(LEAVES, grown, max_leaves=6)


@given(CONDITIONS)
@settings(max_examples=250)
def test_text_and_json_lose_nothing(given_one: Condition) -> None:
    try:
        condition = checked(given_one, KNOWN)
    except DomainError:
        assume(False)
    for language in LANGUAGES:
        assert parsed(printed(condition, KNOWN, language), KNOWN) == condition
    assert from_json(to_json(condition)) == condition
    assert checked(condition, KNOWN) == condition


SPOKE = Did("message", "at_least", 3, Window(14), Places((("type", ("active",)),)))
READ = [
    ("所有人", Everybody()),
    ("标签 是 客户阶段/VIP 且 tag is 客户阶段/老 客 or 标签 是 客户阶段/VIP|客户",
     Or((And((Field("tag", "is", ("h",)), Field("tag", "is", ("i",)))), Field("tag", "is", ("h", "c"))))),
    ("发消息 社群为 (社群=客户阶段/老 客)", Did("message", places=Places((("community", ("i",)),)))),
    ("发消息 至少3次 近14天 社群为(类型=活跃) 且 没有 下单", And((SPOKE, Not(Did("order"))))),
    ("sent messages at least 3 times within 14 days where (type=Active) and not ordered", And((SPOKE, Not(Did("order"))))),
    ("发消息至少3次近14天社群为（类型＝活跃）且没有下单", And((SPOKE, Not(Did("order"))))),
    ("TIER IS active | 普通 or region is unknown", Or((Field("tier", "is", ("active", "ordinary")), Field("region", "unknown")))),
    ("用户分层 是 活跃 and (尺码 >= 40 或 [size] < 9)",
     And((Field("tier", "is", ("active",)), Or((Field("size", "gte", ("40",)), Field("size", "lt", ("9",))))))),
    ("last seen before the last 30 days", Field("last", "older", ("30",))),
    ("提到 “\\“好\\”” 近 7 天内", Did("mention", window=Window(7), text="“好”")),
    ("ordered exactly 2 times between 2026-01-01 and 2026-01-31", Did("order", "exactly", 2, Window(None, date(2026, 1, 1), date(2026, 1, 31)))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "condition"), READ)
def test_reads_both_languages(text: str, condition: Condition) -> None:
    # "地区" means two fields here, so only brackets name one of them.
    fields = {key: spec for key, spec in KNOWN.fields.items() if key != "twin"}
    known = Vocabulary(fields, KNOWN.verbs, KNOWN.places, KNOWN.refused)
    assert checked(parsed(text, known), known) == condition


WRONG = [
    ("", "empty_condition", "还没有条件；请添加条件，要包括所有人请写“所有人”"),
    (" \n", "empty_condition", "还没有条件；请添加条件，要包括所有人请写“所有人”"),
    ("标签 是 阶段", "bad_condition", "标签：没有“阶段”；相近的有：客户阶段/VIP、客户阶段/老 客"),
    ("喜欢 是 红茶", "bad_condition", "喜欢：没有“红茶”；有这些：普通、活跃"),
    ("标签 是 qqqq", "bad_condition", "标签：没有“qqqq”"),
    ("qqqq 已知", "unknown_segment_field", "没有字段或行为“qqqq”"),
    ("用户分层", "bad_text", "末尾不完整：还应有比较方式，如“是”“包含”“>=”“近 30 天”“已知”"),
    ("用户分层 是 活", "bad_condition", "用户分层：没有“活”；相近的有：活跃"),
    ("(用户分层 是 活跃", "bad_text", "末尾不完整：还应有右括号"),
    ("下单 且", "bad_text", "末尾不完整：还应有字段、行为、“非”或括号"),
    ("下单 下单", "bad_text", "第 4 个字“下单”处：此处应为“且”“或”或结尾"),
    ("尺碼 >= 1", "unknown_segment_field", "没有字段或行为“尺碼”；相近的有：尺码"),
    ("income >= 1", "denied_segment_field", "“income”需要“查看订单与收入”的权限，您没有"),
    ("尺码 >= 很多", "bad_text", "第 7 个字“很多”处：此处应为数字"),
    ("最后活动 不早于 2026-02-30", "bad_condition", "最后活动：“2026-02-30”不是日期，请写成 2026-03-01"),
    ("手机号 是 “1”", "bad_condition", "手机号：加密保存，只能问“已知”或“未知”"),
    ("下单 社群为(类型=活跃)", "bad_condition", "下单：不能限定社群"),
    ("提到 “好”", "bad_condition", "提到：要逐条查找消息，请限定在 400 天以内"),
    ("下单 至少 0 次", "bad_condition", "下单：“至少 0”对所有人都成立；要找没做过的，请用“没有”"),
    ("累计消费 CNY > 1.234", "bad_condition", "累计消费 CNY：最多 2 位小数"),
    ("(" * 50 + "下单" + ")" * 50, "too_deep", "条件嵌套过深"),
    ("非 (" * 9 + "下单" + ")" * 9, "too_deep", "条件嵌套超过 8 层；请拆成几个人群再引用"),
    (" 且 ".join(["下单"] * 61), "too_many_conditions", "条件超过 60 项；请拆成几个人群再引用"),
    ("x" * 20_001, "bad_text", "文字超过 20000 个字"),
    ("尺码 > 5 且 (下单 且 尺码 < 3)", "contradiction", "没有人能同时满足“尺码 > 5”与“尺码 < 3”"),
    ("尺码 > 5 且 尺码 <= 5", "contradiction", "没有人能同时满足“尺码 > 5”与“尺码 <= 5”"),
    ("标签 是 “且” 且 非 标签 是 “且”", "contradiction", "没有人能同时满足“标签 是 “且””与“非 标签 是 “且””"),
    ("用户分层 是 活跃 且 用户分层 是 普通", "contradiction", "没有人能同时满足“用户分层 是 活跃”与“用户分层 是 普通”"),
    ("尺码 未知 且 尺码 > 5", "contradiction", "没有人能同时满足“尺码 未知”与“尺码 > 5”"),
    ("下单 至少 3 次 且 没有 下单 至少 2 次", "contradiction", "没有人能同时满足“下单 至少 3 次”与“没有 下单 至少 2 次”"),
    ("最后活动 近 7 天 且 最后活动 早于近 30 天", "contradiction", "没有人能同时满足“最后活动 近 7 天”与“最后活动 早于近 30 天”"),
    ("下单 至少 3 次 近 14 天 且 没有 下单 近 30 天", "contradiction", "没有人能同时满足“下单 至少 3 次 近 14 天”与“没有 下单 近 30 天”"),
    ("发消息 至少 5 次 近 7 天 且 发消息 至多 2 次 近 30 天", "contradiction",
     "没有人能同时满足“发消息 至少 5 次 近 7 天”与“发消息 至多 2 次 近 30 天”"),
    ("发消息 社群为 (类型=活跃) 且 没有 发消息", "contradiction", "没有人能同时满足“发消息 社群为 (类型=活跃)”与“没有 发消息”"),
    ("下单 恰好 2 次 近 7 天 且 下单 至多 1 次 不早于 2020-01-01 且 下单 至多 1 次", "contradiction",
     "没有人能同时满足“下单 恰好 2 次 近 7 天”与“下单 至多 1 次”"),
    ("最近下单 近 5 天 且 没有 下单", "contradiction", "没有人能同时满足“最近下单 近 5 天”与“没有 下单”"),
    ("累计消费 CNY > 5 且 没有 下单", "contradiction", "没有人能同时满足“累计消费 CNY > 5”与“没有 下单”"),
    ("尺码 > 5 且 非 尺码 > 3", "contradiction", "没有人能同时满足“尺码 > 5”与“非 尺码 > 3”"),
    ("用户分层 是 活跃 且 (用户分层 是 普通 或 用户分层 未知)", "contradiction",
     "没有人能同时满足“用户分层 是 活跃”与“用户分层 是 普通 或 用户分层 未知”"),
    ("(用户分层 是 普通 或 下单 至多 1 次) 且 用户分层 是 活跃 且 下单 恰好 2 次", "contradiction",
     "没有人能同时满足“用户分层 是 活跃 且 下单 恰好 2 次”与“用户分层 是 普通 或 下单 至多 1 次”"),
    ("非 (用户分层 是 活跃 或 非 用户分层 是 活跃)", "contradiction", "没有人能同时满足“非 用户分层 是 活跃”与“用户分层 是 活跃”"),
    ("下单 且 非 (下单 或 尺码 > 5)", "contradiction", "没有人能同时满足“下单”与“没有 下单”"),
    ("(下单 且 没有 下单) 或 (尺码 > 5 且 尺码 < 3)", "contradiction", "没有人能同时满足“下单”与“没有 下单”"),
    ("非 所有人 且 所有人", "contradiction", "没有人能同时满足“非 所有人”与“所有人”"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "message"), WRONG, ids=[text[:24] for text, _, _ in WRONG])
def test_says_what_is_wrong_and_where(text: str, code: str, message: str) -> None:
    with pytest.raises(DomainError) as caught:
        checked(parsed(text, KNOWN), KNOWN)
    assert (caught.value.code, str(caught.value)) == (code, message)


FINE = (
    "下单 至少 3 次 近 30 天 且 没有 下单 近 14 天",
    "发消息 社群为 (类型=活跃) 且 没有 发消息 社群为 (类型=普通)",
    "发消息 至少 2 次 且 发消息 至多 1 次 社群为 (类型=活跃)",
    "下单 至少 3 次 近 14 天 且 没有 下单 不早于 2026-01-01",
    "最近下单 早于近 5 天 且 没有 下单 近 30 天",
    "累计消费 CNY > 5 且 没有 下单 近 30 天",
    "用户分层 是 活跃 且 (用户分层 是 普通 或 下单)",
    "下单 或 (尺码 > 5 且 尺码 < 3)",
    "非 (下单 且 没有 下单)",
    "尺码 > 3 且 非 尺码 > 5",
    "非 尺码 > 3 且 非 尺码 <= 5",
    "标签 是 “且” 且 标签 是 “新 客\n户”",
    "喜欢 是 活跃 且 喜欢 是 普通",
    "下单 至少 2 次 且 没有 下单 至少 3 次",
    "尺码 >= 5 且 尺码 <= 5",
    "尺码 > 5 或 尺码 < 3",
    "非 尺码 > 5 且 非 尺码 <= 5",
    "最后活动 近 30 天 且 最后活动 早于近 7 天",
)


@pytest.mark.parametrize("text", FINE)
def test_what_only_looks_like_a_contradiction_is_none(text: str) -> None:
    assert checked(parsed(text, KNOWN), KNOWN)


SHAPES: list[tuple[object, str]] = [
    ([], "bad_condition"),
    ({}, "bad_condition"),
    ({"all": []}, "bad_condition"),
    ({"not": {"all": []}}, "bad_condition"),
    ({"any": [{"did": "order"}, {"all": []}]}, "bad_condition"),
    ({"all": {}}, "bad_condition"),
    ({"field": "tier", "op": "is", "values": "active"}, "bad_condition"),
    ({"field": "tier", "op": "is", "values": [True]}, "bad_condition"),
    ({"field": "tier", "op": "is", "values": []}, "bad_condition"),
    ({"field": "tier", "op": "hex", "values": ["active"]}, "bad_condition"),
    ({"did": "message", "times": "often"}, "bad_condition"),
    ({"did": "message", "count": -1}, "bad_condition"),
    ({"did": "message", "days": 0}, "bad_condition"),
    ({"did": "message", "first": "2026-02-02", "last": "2026-02-01"}, "bad_condition"),
    ({"did": "message", "where": {"moon": ["x"]}}, "bad_condition"),
    ({"did": "mention", "days": 5}, "bad_condition"),
    ({"field": "size", "op": "gte", "values": ["1e99"]}, "bad_condition"),
]


@pytest.mark.parametrize(("given_one", "code"), SHAPES)
def test_refuses_what_is_no_condition(given_one: object, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        checked(from_json(given_one), KNOWN)
    assert caught.value.code == code


def test_refuses_what_never_ends() -> None:
    endless: dict[str, object] = {}
    endless["not"] = endless
    with pytest.raises(DomainError) as caught:
        from_json(endless)
    assert caught.value.code == "too_deep"


def test_a_group_of_one_is_that_one() -> None:
    assert checked(from_json({"all": [{"any": [{"did": "order"}]}]}), KNOWN) == Did("order")
