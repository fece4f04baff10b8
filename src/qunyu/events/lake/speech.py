"""Speech: what a message does, told from its words: really say something, ask, answer, sell.

Conditions in DuckDB's dialect over rows with `subject` (content type) and `text`; patterns are RE2's.
"""

from __future__ import annotations

_SIGNS = "[\\s\\p{P}\\p{S}\\p{M}\\x{200D}]|[0-9#*]\\x{FE0F}?\\x{20E3}|\\[[^\\]]{1,8}\\]"
# What is said without words: signs, emoji, and placeholders of stickers.
WORDLESS = f"^({_SIGNS})*$"
# Thanks under a red packet, to whomever and however often, and nothing else: no real talk (method.md N2).
THANKS = f"^(谢|多谢|感谢|thx|thanks|thank you|老板|群主|大佬|boss|的|大|小|红包|{_SIGNS})*$"
_THANKING = "谢|thx|thank"
LONGEST_THANKS = 16

# A question by its mark at the end, or by the words questions are asked with.
QUESTION = (
    "[?？][\\s\\p{P}\\p{S}]*$|吗|怎么|怎样|如何|哪[个种款里些天家]|多少|有没有|能不能|可不可以|是不是|请问|请教|求推荐|"
    "什么时候|几点|为什么|咋"
)
# An offer by its price, its hurry, its link, or somebody's number: advertising, whoever writes it (method.md N8, C8).
PROMOTION = (
    "https?://|www\\.|[¥￥] ?[0-9]|秒杀|领券|优惠券|内部券|抢购|立减|满[0-9]+减|到手[价0-9]|首发价|特价|低价出|限时|限量|包邮|[0-9]带走|"
    "前[0-9]+名|链接[见在如]|点(击|下面|开)?(链接|小程序)|【上新】|新品上[市架线]|免费进群|日赚|月入|兼职|招(商|募)代理|"
    "(加|私)[^，。]{0,4}(微信|薇|[vVwW][xX]|[vV]信)|[A-Za-z]{2,8}[0-9]{5,}"
)
# Shorter ones are a nod, not help.
SHORTEST_ANSWER = 10
# Whoever speaks later speaks of something else.
ANSWERED_WITHIN = "INTERVAL 60 MINUTE"

_WORDS = "subject IN ('text', '')"

SAYS = f"""
  subject NOT IN ('sticker', 'red_packet', 'transfer')
  AND NOT ({_WORDS} AND (regexp_matches(text, '{WORDLESS}')
    OR (length(text) <= {LONGEST_THANKS} AND regexp_matches(lower(text), '{_THANKING}')
      AND regexp_matches(lower(text), '{THANKS}'))))
"""
ASKS = f"({_WORDS} AND regexp_matches(text, '{QUESTION}'))"
SELLS = f"(subject IN ('link', 'mini_program') OR {_WORDS} AND regexp_matches(text, '{PROMOTION}'))"
# To be asked of what is said after a question, by somebody else.
CAN_ANSWER = f"({_WORDS} AND length(text) >= {SHORTEST_ANSWER} AND NOT {ASKS})"

# Of a message whose words are gone (or those before it, which it may have repeated) its fact keeps in `quantity` what they did:
# the sum of these, so that figures stay what they were. MENDED says that a name was taken out of the words that stand there.
SAID, ASKED, SOLD, ANSWERABLE, REPEATED, MENDED = 1, 2, 4, 8, 16, 32
_BEFORE = "lag(text) OVER (PARTITION BY community, local_day ORDER BY occurred_at, fact_id)"
REPEATS = f"({_WORDS} AND text IS NOT DISTINCT FROM {_BEFORE})"


def told(condition: str, sign: int) -> str:
    """The condition on a message's words, or what its fact says of words that are gone."""
    return f"coalesce(quantity & {sign} > 0, {condition})"


SIGNS = " + ".join(
    f"CASE WHEN {told(condition, sign)} THEN {sign} ELSE 0 END"
    for condition, sign in (
        (SAYS, SAID), (ASKS, ASKED), (SELLS, SOLD), (CAN_ANSWER, ANSWERABLE), (REPEATS, REPEATED),
    )
)  # fmt: skip
