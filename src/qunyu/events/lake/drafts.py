"""Drafts: the staged rows of every kind as facts-to-be, still under the platforms' own keys.

`author_home` is the community within which a mere display name means somebody; empty for a stable id. `same` is what makes two drafts
of one source, community and kind the same fact; where it is not a platform's id (`counted`), the n-th equal draft of a file is
a fact of its own: real repetitions stay, an overlapping export adds nothing. `day` is set where a row tells a day and no time.
"""

from __future__ import annotations

from datetime import datetime

from qunyu.kernel.money import MINOR_UNITS

SEPARATOR = "chr(31)"


def drafts_sql(kinds: frozenset[str], *, currency: str, now: datetime) -> str:
    """One SELECT over the staged tables that are there; amounts without a currency are in `currency`."""
    parts = {
        "chat": _CHAT,
        "members": _MEMBERS.format(**_listing(kinds, now)),
        "orders": _ORDER_DRAFTS,
        "costs": _COSTS.format(currency=currency, scale=_scale("money")),
    }
    return "\nUNION ALL\n".join(f"({parts[kind]})" for kind in sorted(kinds & parts.keys()))


def _listing(kinds: frozenset[str], now: datetime) -> dict[str, str]:
    """When whoever a list names without a time was there: at the end of the chat that came with it, else now."""
    moment = f"TIMESTAMPTZ '{now.isoformat()}'"
    if "chat" not in kinds:
        return {"listed": moment, "beside": ""}
    return {"listed": f"ended_at, {moment}", "beside": _CHATS_END}


def orders_sql(currency: str) -> str:
    """Staged order lines bundled into orders with amounts in minor units."""
    return _ORDERS.format(currency=currency, scale=_scale("money"))


def _scale(column: str) -> str:
    cases = " ".join(f"WHEN '{code}' THEN {10**places}" for code, places in sorted(MINOR_UNITS.items()))
    return f"CASE {column} {cases} ELSE 100 END"


_CHAT = f"""
SELECT position, file, source, kind, occurred_at, NULL::DATE AS day, community,
  CASE WHEN author_id <> '' THEN author_id ELSE author_name END AS author,
  CASE WHEN author_id <> '' THEN '' ELSE community END AS author_home,
  CASE WHEN other_id <> '' THEN other_id ELSE other_name END AS other,
  CASE WHEN other_id <> '' THEN '' ELSE community END AS other_home,
  subject, NULL::BIGINT AS amount, '' AS currency, NULL::BIGINT AS quantity,
  text, message_id AS external, meta,
  CASE WHEN message_id <> '' THEN message_id ELSE
    concat_ws({SEPARATOR}, author_id, author_name, epoch_us(occurred_at), subject, text, other_id, other_name) END AS same,
  message_id = '' AS counted
FROM staged_chat
"""

_CHATS_END = """
LEFT JOIN (SELECT source, community, max(occurred_at) AS ended_at FROM staged_chat GROUP BY ALL) c
  USING (source, community)
"""

# A list's coming and going are kinds of their own: the chat may tell of the same, and the rollup counts a day's once.
_MEMBERS = f"""
SELECT position, file, source, 'listed' AS kind, coalesce(joined_at, {{listed}}) AS occurred_at, NULL::DATE AS day, community,
  CASE WHEN member_id <> '' THEN member_id ELSE name END AS author,
  CASE WHEN member_id <> '' THEN '' ELSE community END AS author_home,
  '' AS other, '' AS other_home, channel AS subject, NULL::BIGINT AS amount, '' AS currency,
  CASE WHEN joined_at IS NULL THEN 0 ELSE 1 END::BIGINT AS quantity, '' AS text, '' AS external, NULL::VARCHAR AS meta,
  concat_ws({SEPARATOR}, member_id, name, epoch_us(joined_at)) AS same, false AS counted
FROM staged_members {{beside}}
UNION ALL
SELECT position, file, source, 'unlisted', left_at, NULL, community,
  CASE WHEN member_id <> '' THEN member_id ELSE name END,
  CASE WHEN member_id <> '' THEN '' ELSE community END,
  '', '', channel, NULL, '', 1, '', '', NULL,
  concat_ws({SEPARATOR}, member_id, name, epoch_us(left_at)), false
FROM staged_members WHERE left_at IS NOT NULL
"""

# An order is the sum of its lines, rounded half up once. It is paid when a paid line is in it; the others go by the worst of
# their lines, and an order of nothing but zero-priced lines is free. It holds the products of its lines, of a paid one those that
# were paid for or came free. Whoever has no customer id is known by the phone (hashed),
# else by the union id. Files of one import may overlap and nobody says which is newer: the files that tell of an order's furthest
# state count (unpaid, paid, refunded, cancelled), and of these each line once, the one with most given back; a product tells
# lines apart only where every file names it.
_ORDERS = """
WITH told AS (
  SELECT *, CASE WHEN currency <> '' THEN currency ELSE '{currency}' END AS money,
    CASE WHEN bool_and(product <> '') OVER (PARTITION BY order_id) THEN product ELSE '' END AS item,
    max(CASE status WHEN 'cancelled' THEN 4 WHEN 'refunded' THEN 3 WHEN 'paid' THEN 2 WHEN 'unpaid' THEN 1 ELSE 0 END)
      OVER (PARTITION BY order_id, file) AS state
  FROM staged_orders
), furthest AS (
  SELECT *, row_number() OVER (PARTITION BY file, order_id, ordered_at, amount, money, item ORDER BY position) AS n
  FROM told QUALIFY order_id = '' OR state = max(state) OVER (PARTITION BY order_id)
), once AS (
  SELECT * EXCLUDE (item, state, n) FROM furthest
  QUALIFY order_id = '' OR row_number() OVER (PARTITION BY order_id, ordered_at, amount, money, item, n
    ORDER BY refund DESC, product = '', position) = 1
), lines AS (
  SELECT *, CASE WHEN order_id <> '' THEN order_id ELSE 'line ' || position END AS bundle,
    status = 'paid' AND amount >= 0 AS earned
  FROM once
), bundled AS (
  SELECT bundle, min(position) AS position, min(file) AS file, min(source) AS source, max(order_id) AS external,
    coalesce(nullif(max(customer_id), ''), 'phone ' || nullif(max(phone), ''), max(union_id)) AS customer, min(ordered_at) AS occurred_at, money,
    CASE WHEN bool_or(earned) THEN 'paid' WHEN bool_or(status = 'cancelled') THEN 'cancelled'
         WHEN bool_or(status = 'refunded') THEN 'refunded' WHEN bool_or(status = 'unpaid') THEN 'unpaid'
         ELSE 'free' END AS status,
    CASE WHEN bool_or(earned) THEN sum(amount) FILTER (earned) ELSE abs(sum(amount)) END AS amount,
    coalesce(sum(refund) FILTER (earned), 0) + coalesce(sum(-amount) FILTER (bundle = order_id AND status = 'refunded' AND amount < 0), 0) AS refund,
    count(*) AS lines, max(customer_name) AS customer_name, max(phone) AS phone, max(union_id) AS union_id
  FROM lines GROUP BY bundle, money
), counted AS (
  SELECT l.bundle, l.money, l.product AS name, sum(l.quantity)::DOUBLE AS quantity, min(l.position) AS place
  FROM lines l JOIN bundled b USING (bundle, money)
  WHERE l.product <> '' AND l.amount >= 0 AND l.quantity > 0 AND (b.status <> 'paid' OR l.earned OR l.status = 'free') GROUP BY ALL
), held AS (
  SELECT bundle, money, to_json(list({{'name': name, 'quantity': quantity}} ORDER BY place)) AS products FROM counted GROUP BY bundle, money
)
SELECT * EXCLUDE (bundle) REPLACE (
    round(amount * {scale})::BIGINT AS amount,
    CASE WHEN status = 'paid' THEN round(refund * {scale})::BIGINT ELSE 0 END AS refund)
FROM bundled LEFT JOIN held USING (bundle, money)
"""

# The state, the customer and the products are part of what makes an order's fact: a later export that tells of others adds them,
# and the newest import's are those that count. Without a number products are no part of it: each fact is then an order, and what was
# imported before there were products must not come twice.
_ORDER_DRAFTS = f"""
SELECT position, file, source, 'order' AS kind, occurred_at, NULL::DATE AS day, '' AS community,
  customer AS author, '' AS author_home, '' AS other, '' AS other_home, status AS subject,
  amount, money AS currency, refund AS quantity, '' AS text, external,
  CASE WHEN products IS NULL THEN json_object('lines', lines) ELSE json_object('lines', lines, 'products', products) END::VARCHAR AS meta,
  CASE WHEN external <> '' THEN concat_ws({SEPARATOR}, external, customer, epoch_us(occurred_at), status, amount, money, refund, products)
    ELSE concat_ws({SEPARATOR}, customer, epoch_us(occurred_at), status, amount, money) END AS same,
  external = '' AS counted
FROM bundled_orders
"""

_COSTS = f"""
SELECT position, file, source, 'cost' AS kind, day::TIMESTAMPTZ AS occurred_at, day, community,
  '' AS author, '' AS author_home, '' AS other, '' AS other_home, channel AS subject,
  round(cost * {{scale}})::BIGINT AS amount, money AS currency,
  NULL::BIGINT AS quantity, '' AS text, '' AS external, NULL::VARCHAR AS meta,
  concat_ws({SEPARATOR}, day, channel, cost, money) AS same, true AS counted
FROM (SELECT *, CASE WHEN currency <> '' THEN currency ELSE '{{currency}}' END AS money FROM staged_costs)
WHERE cost IS NOT NULL
UNION ALL
SELECT position, file, source, 'exposed', day::TIMESTAMPTZ, day, community, '', '', '', '', channel,
  NULL, '', exposures, '', '', NULL, concat_ws({SEPARATOR}, day, channel, exposures), true
FROM staged_costs WHERE exposures IS NOT NULL
"""
