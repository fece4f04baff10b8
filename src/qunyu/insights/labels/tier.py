"""The pyramid of tiers."""

from qunyu.insights.label import Label, NotAbove, Rule, Threshold, Value
from qunyu.kernel.words import Words

PER_30 = Words("每 30 天", "per 30 days")
DAYS = Words("天", "days")

LABEL = Label(
    key="tier",
    title=Words("用户分层", "Tier"),
    question=Words("谁在群里只是看，谁在说，谁在帮人？", "Who only reads, who talks, who helps?"),
    definition=Words(
        "看最后一次发言之前的一段时间：按真正发言与回答提问的频率，从普通、活跃、贡献到专业。回答 = 提问后一小时内他人的第一句正经话。"
        "沉默过久的人回到普通层。",
        "Looks at the time up to the last word: by how often somebody really speaks and answers questions, from ordinary to active, "
        "contributing and professional. An answer is the first real word of somebody else within an hour after a question. "
        "Whoever is silent for too long is ordinary again.",
    ),
    source="M3",
    values=(
        Value("ordinary", Words("普通", "Ordinary"), Words("来看看、来学东西", "come to read and to learn")),
        Value("active", Words("活跃", "Active"), Words("来认识人、来聊天", "come for company and talk")),
        Value("contributing", Words("贡献", "Contributing"), Words("乐于帮人，看重人脉", "help others, come for connections")),
        Value("professional", Words("专业", "Professional"), Words("是行家，看重荣誉", "know their subject, come for honour")),
    ),
    thresholds=(
        Threshold("tier_window", Words("看多长时间", "Time looked at"), DAYS, 90, 7, 365),
        Threshold("tier_least_days", Words("至少按多少天折算", "Days to average over at least"), DAYS, 21, 1, 90),
        Threshold("tier_silence", Words("沉默多久后回到普通", "Silence after which one is ordinary again"), DAYS, 180, 7, 3650),
        Threshold("active_messages", Words("活跃：真正发言", "Active: real messages"), PER_30, 12, 1, 3000),
        Threshold("contributing_answers", Words("贡献：回答提问", "Contributing: answers"), PER_30, 5, 1, 1000),
        Threshold("professional_answers", Words("专业：回答提问", "Professional: answers"), PER_30, 20, 1, 3000),
        Threshold("professional_days", Words("专业：有回答的天数", "Professional: days with answers"), DAYS, 5, 1, 365),
    ),
    orders=(
        NotAbove(
            "contributing_answers",
            "professional_answers",
            Words("“专业”的标准低于“贡献”，就不会有人只是“贡献”", "with professional below contributing nobody would be merely contributing"),
        ),
        NotAbove(
            "tier_least_days",
            "tier_window",
            Words("折算天数多于所看的天数，频率就永远偏低", "averaging over more days than are looked at makes every rate too low"),
        ),
        NotAbove(
            "professional_days",
            "tier_window",
            Words("所看的时间里没有这么多天，就不会有人是“专业”", "there are not as many days in the time looked at: nobody would be professional"),
        ),
    ),
    rules=(
        Rule(
            "ordinary",
            "messages = 0",
            Words("从未发言", "never said anything"),
        ),
        Rule(
            "ordinary",
            "silent_days > tier_silence",
            Words("{last_day} 之后一直沉默（超过 {tier_silence:g} 天）", "silent since {last_day} (more than {tier_silence:g} days)"),
        ),
        Rule(
            "professional",
            "spoken_30 >= active_messages AND answers_30 >= professional_answers AND answer_days >= professional_days",
            Words(
                "每 30 天回答 {answers_30:.1f} 个提问（标准 {professional_answers:g}），在 {answer_days} 天里有回答",
                "{answers_30:.1f} answers per 30 days (bar {professional_answers:g}), on {answer_days} days",
            ),
        ),
        Rule(
            "contributing",
            "spoken_30 >= active_messages AND answers_30 >= contributing_answers",
            Words(
                "每 30 天真正发言 {spoken_30:.1f} 条，回答 {answers_30:.1f} 个提问（标准 {contributing_answers:g}）",
                "{spoken_30:.1f} real messages and {answers_30:.1f} answers per 30 days (bar {contributing_answers:g})",
            ),
        ),
        Rule(
            "active",
            "spoken_30 >= active_messages",
            Words(
                "每 30 天真正发言 {spoken_30:.1f} 条（标准 {active_messages:g}），回答 {answers_30:.1f} 个提问",
                "{spoken_30:.1f} real messages per 30 days (bar {active_messages:g}), {answers_30:.1f} answers",
            ),
        ),
        Rule(
            "ordinary",
            "true",
            Words(
                "每 30 天真正发言 {spoken_30:.1f} 条（不到 {active_messages:g}）",
                "{spoken_30:.1f} real messages per 30 days (below {active_messages:g})",
            ),
        ),
    ),
    examples=(
        ({"messages": 0}, "ordinary"),
        ({"messages": 400, "silent_days": 181, "spoken_30": 60.0, "answers_30": 30.0, "answer_days": 40}, "ordinary"),
        ({"messages": 3, "silent_days": 2, "spoken_30": 4.3, "answers_30": 0.0, "answer_days": 0}, "ordinary"),
        ({"messages": 50, "silent_days": 2, "spoken_30": 12.0, "answers_30": 4.9, "answer_days": 9}, "active"),
        ({"messages": 50, "silent_days": 2, "spoken_30": 20.0, "answers_30": 20.0, "answer_days": 4}, "contributing"),
        ({"messages": 90, "silent_days": 0, "spoken_30": 30.0, "answers_30": 20.0, "answer_days": 5}, "professional"),
        ({"messages": 9, "silent_days": 0, "spoken_30": 9.0, "answers_30": 9.0, "answer_days": 9}, "ordinary"),
    ),
)  # fmt: skip
