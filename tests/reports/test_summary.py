"""The summary: one JSON object with every metric of every period."""

import json

from qunyu.insights.metric import metrics
from qunyu.kernel.words import speaking
from qunyu.reports.page import Content
from qunyu.reports.summary import summary
from tests.insights.stories import Story, scope_at


def test_the_object(whole: Content) -> None:
    with speaking("en"):
        made = summary(whole.board, whole.totals, problems=2)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    head = {key: made[key] for key in ("messages", "actions", "joins", "leaves", "removals", "renames", "problems")}
    assert head == {
        "messages": 6, "actions": 0, "joins": 1, "leaves": 1, "removals": 0, "renames": 0, "problems": 2,
    }  # fmt: skip
    assert (made["members"], made["communities"], made["currency"]) == (3, 1, "CNY")
    assert made["first_at"] == "2026-01-10T00:00:00+00:00"
    assert made["last_at"] == "2026-03-10T01:01:00+00:00"


def test_every_period_has_every_metric(whole: Content) -> None:
    made = summary(whole.board, whole.totals, 0)
    assert [row["period"] for row in made["periods"]] == ["2026-01", "2026-02", "2026-03"]
    for row in made["periods"]:
        assert row.keys() == metrics().keys() | {"period"}
    january, february, march = made["periods"]
    assert (january["revenue"], january["average_order_value"], january["orders"]) == (2468.0, 1234.0, 2)
    assert (february["revenue"], february["average_order_value"], february["messages"]) == (0.0, None, 0)
    assert (march["retained_members"], march["retention_rate"], march["conversion"]) == (0, None, 0.5)


def test_unknown_says_why_where_it_holds_for_every_period(whole: Content) -> None:
    with speaking("en"):
        unknown = summary(whole.board, whole.totals, 0)["unknown"]
    # The chat tells who joined, but of nobody who brought them.
    invitations = {"invited_members", "inviting_members", "successful_invitations", "invited_buyers", "referral_factor"}
    # Nobody said anything of us either.
    opinions = {"satisfaction", "complaints", "complaint_rate", "net_promoters"}
    assert unknown.keys() == {"cost", "roi", "exposures", "join_rate"} | invitations | opinions
    assert unknown["cost"] == "no costs are known; import a cost table"


def test_orders_by_state_and_currency(own_shop: Story) -> None:
    own_shop.buys(2, "2026-03-12", 70, currency="USD")
    own_shop.buys(None, "2026-03-12", 5_000)
    own_shop.buys(1, "2026-03-12", 900, subject="cancelled")
    own_shop.buys(1, "2026-03-12", 100, subject="cancelled", currency="JPY")
    orders = summary(own_shop.board(), own_shop.totals(), 0)["orders"]
    assert (orders["orders"], orders["buyers"], orders["revenue"], orders["currency"]) == (4, 2, 3702.0, "CNY")
    assert orders["by_currency"] == {"CNY": 3702.0, "USD": 0.7}
    assert orders["customerless"] == {"orders": 1, "amounts": {"CNY": 50.0}}
    assert orders["cancelled"] == {"orders": 2, "amounts": {"CNY": 9.0, "JPY": 100.0}}
    assert orders["refunded"] == orders["unpaid"] == orders["free"] == {"orders": 0, "amounts": {}}


def test_nothing_in_scope(shop: Story) -> None:
    scope = scope_at(9)
    made = summary(shop.board(scope), shop.totals(scope), 0)
    assert (made["periods"], made["orders"], made["unknown"], made["currency"]) == ([], None, {}, None)
    assert (made["messages"], made["first_at"]) == (0, None)


def test_without_the_permission_no_order_is_told(shop: Story) -> None:
    scope = scope_at(1, allowed=("communities.view",))
    made = summary(shop.board(scope), shop.totals(scope), 0)
    assert made["orders"] is None
    assert {row["revenue"] for row in made["periods"]} == {None}
    assert "revenue" in made["unknown"]
