"""Truth: what is planted can be seen in the files."""

from collections import Counter, defaultdict
from statistics import mean

from qunyu.simulation.truth import STAGES
from tests.simulation.conftest import Made


def people(brand: Made) -> list[dict]:  # type: ignore[type-arg]
    return [each for each in brand.truth()["members"] if not each["intruder"]]


def test_types_tiers_and_stages_are_all_there(brand: Made) -> None:
    found = people(brand)
    assert {each["type"] for each in found} == {"loyal", "bargain", "demand", "low_demand"}
    assert {each["tier"] for each in found} == {"ordinary", "active", "contributing", "professional"}
    assert {each["stage"] for each in found} == set(STAGES)
    tiers = Counter(each["tier"] for each in found)
    assert 0.6 < tiers["ordinary"] / len(found) < 0.85


def test_loyal_members_buy_more_often_than_the_others(brand: Made) -> None:
    orders = defaultdict(list)
    for each in people(brand):
        orders[each["type"]].append(each["evidence"]["orders"])
    means = {key: mean(values) for key, values in orders.items()}
    assert means["loyal"] > 2.5 > means["demand"] > means["low_demand"]
    assert means["low_demand"] < 0.7
    assert max(orders["low_demand"]) <= 1


def test_most_loyal_members_brought_a_friend_who_bought_and_bargain_hunters_nobody(brand: Made) -> None:
    found = people(brand)
    loyal = [each["evidence"]["invited_buyers"] > 0 for each in found if each["type"] == "loyal"]
    assert mean(loyal) > 0.6
    assert sum(each["evidence"]["invited"] for each in found if each["type"] == "bargain") == 0


def test_demand_members_stop_buying_long_before_the_end(brand: Made) -> None:
    early = [
        each["evidence"]["last_order"]
        for each in people(brand)
        if each["type"] == "demand"
        and each["evidence"]["orders"]
        and min(m["joined_at"] for m in each["memberships"]) < "2026-05-04"
    ]
    assert early
    assert max(early) < "2026-07-01"


def test_talk_follows_the_tier(brand: Made) -> None:
    said = defaultdict(list)
    for each in people(brand):
        said[each["tier"]].append(each["evidence"]["messages"])
    assert mean(said["ordinary"]) * 4 < mean(said["active"]) < mean(said["professional"])


def test_evidence_is_what_the_chats_hold(brand: Made) -> None:
    authors: Counter[str] = Counter()
    for rows in brand.chats().values():
        authors.update(row["author_id"] for row in rows if row["kind"] == "message")
    for each in people(brand):
        assert each["evidence"]["messages"] == sum(authors[key] for key in each["ids"].values())


def test_fading_communities_fall_quiet_and_each_cause_is_planted(brand: Made) -> None:
    health = {each["key"]: each for each in brand.truth()["communities"]}
    causes = {each["cause"] for each in health.values() if each["state"] == "dying"}
    assert causes == {"nobody_speaks", "only_adverts", "soul_left", "newcomers_ignored", "off_theme"}
    for each in health.values():
        if each["state"] in ("dying", "dead"):
            assert sum(each["member_messages"][-14:]) < 0.5 * sum(each["member_messages"][:14]), each["key"]


def test_a_dead_community_is_silent_and_a_dissolved_one_ends(brand: Made) -> None:
    health = {each["key"]: each for each in brand.truth()["communities"]}
    cards = {row["key"]: row for row in health.values()}
    chats = brand.chats()
    dead = cards["welfare-cq"]
    assert dead["state"] == "dead"
    assert not [row for row in chats["welfare-cq"] if row["kind"] == "message" and row["time"][:10] >= dead["died_on"]]
    assert cards["flash-anniversary"]["state"] == "dissolved"
    assert "解散" in chats["flash-anniversary"][-1]["text"] or chats["flash-anniversary"][-1]["time"][11:13] >= "20"


def test_the_soul_figure_leaves_when_the_fading_begins(brand: Made) -> None:
    ware = next(each for each in brand.truth()["communities"] if each["key"] == "share-ware")
    row = next(
        row for row in brand.rows("members.csv") if (row["community"], row["member_id"]) == ("share-ware", ware["soul"])
    )
    assert row["left_at"][:10] == ware["fading_since"]


def test_planted_messages_stand_out(brand: Made) -> None:
    truth = brand.truth()
    days = {each["key"]: each["member_messages"] for each in truth["communities"]}
    start = truth["starts_on"]
    for each in truth["anomalies"]:
        if each["metric"] != "messages":
            continue
        index = (_day(each["day"]) - _day(start)).days
        around = mean(days[each["community"]][index - 7 : index] + days[each["community"]][index + 1 : index + 8])
        observed = days[each["community"]][index]
        assert observed > 1.5 * around if each["size"] > 1 else observed < 0.6 * around, each


def _day(value: str):  # type: ignore[no-untyped-def]
    from datetime import date

    return date.fromisoformat(value)


def test_exposures_follow_the_latent_join_rate(brand: Made) -> None:
    rates = brand.truth()["join_rates"]
    seen: Counter[str] = Counter()
    for row in brand.rows("costs.csv"):
        if row["exposures"]:
            seen[row["channel"]] += int(row["exposures"])
    start = brand.truth()["starts_on"]
    joined = Counter(row["channel"] for row in brand.rows("members.csv") if row["joined_at"][:10] >= start)
    for channel in ("门店海报", "公众号", "朋友圈"):
        assert 0.6 < joined[channel] / seen[channel] / rates[channel] < 1.4, channel


def test_intents_point_at_lines_of_the_chats(brand: Made) -> None:
    chats = {key: {row["message_id"]: row for row in rows} for key, rows in brand.chats().items()}
    intents = brand.rows("truth_messages.csv")
    kinds = Counter(row["intent"] for row in intents)
    assert min(kinds[each] for each in ("question", "answer", "complaint", "praise", "advert")) > 10
    for row in intents:
        line = chats[row["community"]][row["message_id"]]
        if row["answers"]:
            assert chats[row["community"]][row["answers"]]["time"] <= line["time"]
