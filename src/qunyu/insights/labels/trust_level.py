"""Discourse's trust levels, as far as a chat can tell."""

from qunyu.insights.label import Label, Rule, Value
from qunyu.kernel.words import Words

LABEL = Label(
    key="trust_level",
    title=Words("Discourse 信任级（参考）", "Discourse trust level (reference)"),
    question=Words("按论坛 Discourse 的默认标准，每个人可信到几级？", "How far would the forum Discourse trust everybody, by its defaults?"),
    definition=Words(
        "Discourse 的默认标准里聊天看得见的部分：2 级 = 来过 15 天且回复过 3 个话题；3 级 = 最近 100 天里来了 50 天且回复过 10 个话题。"
        "来过以发言计，话题以被回答的提问计；阅读量、点赞与举报在聊天记录里看不到，没有计入；4 级由人指定。",
        "The part of Discourse’s defaults that a chat shows: level 2 = visited on 15 days and replied to 3 topics; level 3 = visited on 50 "
        "of the last 100 days and replied to 10 topics. A visit is a day with a word, a topic a question answered; reading, likes and "
        "flags do not show in a chat and are left out; level 4 is given by people.",
    ),
    source="meta.discourse.org: default site settings tl1_requires_* to tl3_requires_*",
    reference=True,
    values=(
        Value("new", Words("0 新人", "0 New"), Words("还没说过话", "has not said a word")),
        Value("basic", Words("1 基础", "1 Basic"), Words("说过话", "has said something")),
        Value("member", Words("2 成员", "2 Member"), Words("常来，也回应别人", "comes often, replies to others")),
        Value("regular", Words("3 常客", "3 Regular"), Words("大半日子都在", "there on most days")),
    ),
    rules=(
        Rule(
            "regular",
            "recent_days >= 50 AND recent_answers >= 10",
            Words("最近 100 天里 {recent_days} 天发言（标准 50），回答 {recent_answers} 个提问（标准 10）", "spoke on {recent_days} of the last 100 days (bar 50), answered {recent_answers} questions (bar 10)"),
        ),
        Rule(
            "member",
            "spoken_days >= 15 AND answers >= 3",
            Words("共 {spoken_days} 天发言（标准 15），回答 {answers} 个提问（标准 3）", "spoke on {spoken_days} days (bar 15), answered {answers} questions (bar 3)"),
        ),
        Rule(
            "basic",
            "spoken_days > 0",
            Words("共 {spoken_days} 天发言，回答 {answers} 个提问", "spoke on {spoken_days} days, answered {answers} questions"),
        ),
        Rule("new", "true", Words("从未发言", "never said anything")),
    ),
    examples=(
        ({"recent_days": 50, "recent_answers": 10, "spoken_days": 60, "answers": 20}, "regular"),
        ({"recent_days": 49, "recent_answers": 10, "spoken_days": 60, "answers": 20}, "member"),
        ({"recent_days": 0, "recent_answers": 0, "spoken_days": 15, "answers": 2}, "basic"),
        ({"recent_days": 0, "recent_answers": 0, "spoken_days": 0, "answers": 0}, "new"),
    ),
)  # fmt: skip
