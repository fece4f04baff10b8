"""Growth: the people behind a figure."""

from __future__ import annotations

import pytest

from qunyu.communities.models import Community
from qunyu.people.models import Unit
from tests.api.calling import As, Caller
from tests.deployment_fixtures import ImportFile

RUNNERS = """\
02/03/2026, 10:00 - Ann created group "Runners"
02/03/2026, 10:01 - Ann: Who runs today?
"""


def test_the_people_behind_a_figure(api: Caller, tea: Community) -> None:
    body = api.get("/board/people?metric=active_members&period=2026-03-01").body
    assert (body["total"], body["figure"]["value"], body["period"]["label"]) == (4, 4, "2026-03")
    assert body["who"] == "ordinary members active in the period"
    assert sorted(each["name"] for each in body["items"]) == ["Lin", "Mei", "Tom", "小茶"]
    weekly = api.all_of("/board/people?metric=active_members&period=2026-03-09&grain=week&limit=1")
    assert sorted(each["name"] for each in weekly) == ["Mei", "Tom", "小茶"]
    assert api.get(f"/board/people?metric=leaves&period=2026-03-01&communities={tea.public_id}").body["total"] == 1


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("metric=magic&period=2026-03-01", 404, "unknown_metric"),
        ("metric=cost&period=2026-03-01", 422, "no_people"),
        ("metric=members&period=soon", 422, "invalid"),
        ("metric=members", 422, "invalid"),
        ("metric=members&period=2020-01-01", 404, "unknown_period"),
        ("metric=members&period=2026-03-01&communities=nowhere", 404, "unknown_community"),
        ("metric=members&period=2026-03-01&grain=all", 422, "invalid"),
    ],
)
def test_people_of_what_is_not_there(query: str, status: int, code: str, api: Caller, tea: Community) -> None:
    answer = api.get(f"/board/people?{query}")
    assert (answer.status, answer.body["code"]) == (status, code)


def test_people_only_where_they_may_be_seen(
    caller: As, tea: Community, import_file: ImportFile, unit: Unit, other_unit: Unit
) -> None:
    import_file("WhatsApp Chat with Runners.txt", RUNNERS, other_unit)
    owner = caller("owner", unit).get("/board/people?metric=members&period=2026-03-01").body
    assert "Ann" not in [each["name"] for each in owner["items"]]
    for role, metric in (("analyst", "members"), ("admin", "buyers")):
        denied = caller(role, unit).get(f"/board/people?metric={metric}&period=2026-03-01")
        assert (denied.status, denied.body["code"]) == (403, "denied")


DAYS = "first=2026-03-01&last=2026-03-31"


def test_the_funnel(api: Caller, shop: Unit, tea: Community) -> None:
    body = api.get(f"/funnel?{DAYS}").body
    steps = [(step["key"], step["count"]) for step in body["whole"]["steps"]]
    assert steps == [("exposed", None), ("came", 4), ("spoke", 4), ("ordered", 0), ("again", 0)]
    assert body["whole"]["steps"][0]["reason"]["code"] == "exposures"
    assert (body["as_of"], body["channels"], body["whole"]["unheard"]) == ("2026-03-15", [], 0)
    assert api.get(f"/funnel?{DAYS}&communities={tea.public_id}").body["whole"]["steps"][1]["count"] == 4


def test_the_people_of_a_step(api: Caller, tea: Community) -> None:
    body = api.get(f"/funnel/people?{DAYS}&step=spoke").body
    assert (body["total"], [each["name"] for each in body["items"]]) == (4, ["Lin", "Mei", "Tom", "小茶"])
    assert len(api.all_of(f"/funnel/people?{DAYS}&step=spoke&limit=1")) == 4
    assert api.get(f"/funnel/people?{DAYS}&step=came&channel=poster").body["total"] == 0


@pytest.fixture
def matched(import_file: ImportFile, unit: Unit, tea: Community) -> None:
    """Mei orders twice and Tom once, matched by phones; a list tells whose those are."""
    people = "group,platform,name,phone\nTea lovers,whatsapp,Mei,13800000001\nTea lovers,whatsapp,Tom,13800000002\n"
    orders = (
        "order_id,customer,phone,ordered_at,amount\n1,m,13800000001,2026-03-05,10\n2,m,13800000001,2026-03-06,20\n"
        "3,t,13800000002,2026-03-07,30\n"
    )
    import_file("members.csv", people, unit, "members")
    import_file("orders.csv", orders, unit, "orders")


def test_growth_measured_and_changed(api: Caller, matched: None) -> None:
    body = api.get(f"/growth?{DAYS}").body
    factors = {each["key"]: (each["count"], each["base"]) for each in body["factors"]}
    assert factors == {
        "visitors": (4, 1),
        "trial_rate": (4, 4),
        "conversion": (2, 4),
        "order_value": (6000, 3),
        "orders_per_buyer": (3, 2),
    }
    assert (body["revenue"], body["what_if"], body["difference"], body["currency"]) == (6000, 6000, 0, "CNY")
    changed = api.get(f"/growth?{DAYS}&conversion=1&orders_per_buyer=3").body
    assert (changed["revenue"], changed["what_if"], changed["difference"]) == (6000, 24000, 18000)
    assert {each["key"]: each["what_if"] for each in changed["factors"]}["conversion"] == 1


def test_growth_without_orders_tells_the_first_factors(api: Caller, tea: Community) -> None:
    body = api.get(f"/growth?{DAYS}").body
    assert (body["revenue"], body["what_if"], body["reason"]["code"]) == (None, None, "orders")
    assert [each["value"] for each in body["factors"]] == [4, 1, None, None, None]


def test_leaving_and_last_words(api: Caller, tea: Community) -> None:
    body = api.get(f"/leaving?{DAYS}").body
    assert (body["total"], body["removed"], body["reason"]) == (1, 0, None)
    assert [(each["key"], each["count"]) for each in body["tenures"] if each["count"]] == [("30", 1)]
    assert [(each["key"], each["count"]) for each in body["reasons"] if each["count"]] == [("unsaid", 1)]
    assert [each for each in body["days"] if each["count"]] == [{"day": "2026-03-14", "count": 1}]
    assert body["hours"] == [{"weekday": 6, "hour": 9, "count": 1}]
    assert api.get(f"/leaving/words?{DAYS}").body == []


def test_what_leavers_said_with_names_and_places(
    api: Caller, caller: As, import_file: ImportFile, unit: Unit, other_unit: Unit
) -> None:
    chat = RUNNERS + "02/03/2026, 10:02 - Bob: too many ads here\n02/03/2026, 10:05 - Bob left\n"
    import_file("WhatsApp Chat with Runners.txt", chat, other_unit)
    (words,) = api.get(f"/leaving/words?{DAYS}").body
    assert (words["member"]["name"], words["community"]["name"]) == ("Bob", "Runners")
    assert (words["text"], words["reason"]) == ("too many ads here", "advertising")
    assert caller("owner", unit).get(f"/leaving/words?{DAYS}").body == []
    assert caller("analyst", other_unit).get(f"/leaving/words?{DAYS}").status == 403
    counted = caller("analyst", other_unit).get(f"/leaving?{DAYS}").body
    assert (counted["total"], "too many" in str(counted)) == (1, False)


def test_the_network_of_a_community(api: Caller, caller: As, tea: Community) -> None:
    body = api.get(f"/communities/{tea.public_id}/network?{DAYS}").body
    # Mei and Tom on 1 March, Lin and Mei on the 2nd, Tom and 小茶 on the 13th, Mei and 小茶 on the 14th.
    assert (body["people"], body["ties"], body["strength"], body["alone"]) == (4, 4, 4, 1)
    assert (body["strongest"][0]["member"]["name"], body["strongest"][0]["strength"], body["top_one"]) == (
        "Mei",
        3,
        0.75,
    )
    assert len(body["among_them"]) == 4
    unseen = caller("analyst", tea.unit).get(f"/communities/{tea.public_id}/network?{DAYS}").body
    assert (unseen["ties"], unseen["strongest"], unseen["among_them"]) == (4, None, None)
    silent = api.get(f"/communities/{tea.public_id}/network?first=2025-01-01&last=2025-01-02").body
    assert (silent["people"], silent["density"], silent["strongest"]) == (0, None, [])


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/funnel?first=2026-03-02&last=2026-03-01", 422, "bad_period"),
        ("/funnel?first=2026-03-02", 422, "invalid"),
        (f"/funnel?{DAYS}&communities=nowhere", 404, "unknown_community"),
        (f"/funnel/people?{DAYS}&step=exposed", 404, "unknown_step"),
        (f"/growth?{DAYS}&trial_rate=1.5", 422, "bad_factor"),
        (f"/growth?{DAYS}&visitors=-1", 422, "bad_factor"),
        (f"/growth?{DAYS}&visitors=nan", 422, "bad_factor"),
        (f"/growth?{DAYS}&order_value=inf", 422, "bad_factor"),
        (f"/growth?{DAYS}&visitors=many", 422, "invalid"),
        ("/leaving?first=2026-03-02&last=2026-03-01", 422, "bad_period"),
        (f"/communities/nowhere/network?{DAYS}", 404, "unknown_community"),
    ],
)
def test_what_cannot_be_answered(path: str, status: int, code: str, api: Caller, tea: Community) -> None:
    answer = api.get(path)
    assert (answer.status, answer.body["code"]) == (status, code)


def test_whoever_sees_nothing_is_told_nothing(caller: As, tea: Community, other_unit: Unit) -> None:
    foreign = caller("owner", other_unit)
    assert foreign.get(f"/funnel?{DAYS}").body["whole"] is None
    assert foreign.get(f"/leaving?{DAYS}").body["total"] == 0
    assert foreign.get(f"/growth?{DAYS}").body["factors"][0]["value"] is None
    assert foreign.get(f"/communities/{tea.public_id}/network?{DAYS}").status == 404
    nobody = caller("")
    for path in (
        f"/funnel?{DAYS}",
        f"/growth?{DAYS}",
        f"/leaving?{DAYS}",
        f"/leaving/words?{DAYS}",
        "/board/people?metric=members&period=2026-03-01",
    ):
        assert nobody.get(path).status == 403
    admin = caller("admin", tea.unit).get(f"/growth?{DAYS}").body
    assert (admin["revenue"], admin["reason"]["code"]) == (None, "permission")
