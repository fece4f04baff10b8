"""The same board with pandas, from the fact files alone: everything in memory, as somebody would write it in a notebook."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable

from qunyu.events.lake.speech import THANKS, WORDLESS

WHO = ["key", "member"]
ABODE = ["key", "community", "identity"]


def answer(folder: str, grain: str, by: str) -> Figures:
    """metric, key, period, part, value; rows without a value may be missing."""
    return Figures(Notebook(Path(folder), grain, by).figures())


class Figures:
    """The figures of every metric, put under one another after the clock has stopped."""

    def __init__(self, parts: list[pd.DataFrame]) -> None:
        self.parts = parts

    def table(self) -> pa.Table:
        """metric, key, period, part, value."""
        found = pd.concat(self.parts, ignore_index=True)
        found["period"] = found["period"].dt.date
        schema = pa.schema(
            [
                ("metric", pa.string()),
                ("key", pa.int64()),
                ("period", pa.date32()),
                ("part", pa.string()),
                ("value", pa.float64()),
            ]
        )
        return pa.Table.from_pandas(found[schema.names], schema=schema, preserve_index=False)


class Notebook:
    """One question being answered."""

    def __init__(self, place: Path, grain: str, by: str) -> None:
        self.grain, self.by = grain, by
        self.communities = pd.read_parquet(place / "communities.parquet", columns=["community"])
        self.identities = pd.read_parquet(place / "identities.parquet")
        files = [uri.removeprefix("file://") for uri in DeltaTable(place / "lake" / "facts").file_uris()]
        names = "fact_id kind occurred_at local_day unit community identity other subject amount currency quantity text external import_id".split()
        facts = pa.concat_tables([pq.ParquetFile(path).read(columns=names) for path in files]).to_pandas()
        facts["local_day"] = pd.to_datetime(facts["local_day"])
        talk = facts["community"].notna() & ~facts["kind"].isin(["cost", "exposed", "order"])
        self.money = facts[~talk]
        self.latest = self._latest(facts)
        self.costs, self.exposed = (facts[facts["kind"] == kind] for kind in ("cost", "exposed"))
        self.visits = self._visits(roll_up(facts[talk]))
        self._calendar()

    def _latest(self, facts: pd.DataFrame) -> pd.DataFrame:
        orders = facts[facts["kind"] == "order"].sort_values(["import_id", "fact_id"], ascending=[False, True])
        return orders[(orders["external"] == "") | ~orders.duplicated(["unit", "external"])]

    def _visits(self, activity: pd.DataFrame) -> pd.DataFrame:
        who = self.identities[~self.identities["role"].isin(["bot", "atmosphere"])]
        visits = activity.merge(who, on="identity").merge(self.communities, on="community")
        visits["ordinary"] = visits.pop("role") == "member"
        visits["key"] = 0 if self.by == "none" else visits["community"]
        return visits

    def _calendar(self) -> None:
        visits = self.visits
        lively = visits.loc[visits["messages"] + visits["actions"] > 0, "day"].min()
        ordered = self.latest["local_day"]
        days = pd.date_range(min(lively, ordered.min()), max(visits["day"].max(), ordered.max()))
        self.days = pd.DataFrame({"day": days, "period": self.period(days.to_series()).values})
        self.periods = self.days.groupby("period")["day"].agg(last="max", days="count").reset_index()
        self.keys = [0] if self.by == "none" else self.communities["community"].tolist()
        self.grid = pd.MultiIndex.from_product([self.keys, days], names=["key", "day"])
        self.step = pd.DateOffset(months=1) if self.grain == "month" else pd.Timedelta(days=1)

    def period(self, days: pd.Series) -> pd.Series:
        """The first day of the period of each day."""
        return days.dt.to_period("M").dt.start_time if self.grain == "month" else days

    def figures(self) -> list[pd.DataFrame]:
        """One frame per metric: metric, key, period, part, value."""
        active, alive = self._active()
        wide = self._people(alive).join(self._talk(active)).join(self._kept(active)).join(self._newcomers(active))
        sales, by_currency = self._sales()
        wide = wide.join(self._bought(sales)).join(self._exposures())
        self._ratios(wide)
        found = [self._long(wide[name].dropna(), name) for name in wide.columns if not name.startswith("_")]
        return found + self._money(by_currency)

    def _active(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        sums = ["messages", "actions", "spoken", "joins", "leaves"]
        days = self.visits.groupby(["key", "day", "member"], as_index=False).agg(
            {**dict.fromkeys(sums, "sum"), "ordinary": "first"}
        )
        days = days[days["day"].isin(self.days["day"])]
        days["period"] = self.period(days["day"])
        days["active_days"] = (days["messages"] + days["actions"] > 0).astype(int)
        days["spoken_days"] = (days["spoken"] > 0).astype(int)
        alive = days[(days["active_days"] > 0) & days["ordinary"]][["key", "member", "day"]]
        if self.grain == "day":
            return days, alive
        sums = ["messages", "actions", "active_days", "spoken_days", "joins", "leaves"]
        active = days.groupby(["key", "period", "member"], as_index=False).agg(
            {**dict.fromkeys(sums, "sum"), "ordinary": "first"}
        )
        return active, alive

    def _talk(self, active: pd.DataFrame) -> pd.DataFrame:
        cell = ["key", "period"]
        members = active[active["ordinary"]]
        awake = members[members["active_days"] > 0]
        found = active.groupby(cell)[["messages", "actions"]].sum()
        sums = members.groupby(cell)[["messages", "active_days", "spoken_days", "joins", "leaves"]].sum()
        found = found.join(sums.rename(columns={"messages": "_said", "active_days": "_days", "spoken_days": "_spoken"}))
        found["active_members"] = awake.groupby(cell).size()
        found["_awake_said"] = awake.groupby(cell)["messages"].sum()
        found["speaking_members"] = members[members["spoken_days"] > 0].groupby(cell).size()
        return found

    def _kept(self, active: pd.DataFrame) -> pd.DataFrame:
        awake = active.loc[active["ordinary"] & (active["active_days"] > 0), ["key", "period", "member"]]
        later = awake.assign(period=self._next(awake["period"]))
        return awake.merge(later).groupby(["key", "period"]).size().to_frame("retained_members")

    def _next(self, periods: pd.Series) -> pd.Series:
        following = {period: period + self.step for period in self.periods["period"]}
        return periods.map(following)

    def _newcomers(self, active: pd.DataFrame) -> pd.DataFrame:
        born = self.visits[self.visits["ordinary"]].groupby(WHO, as_index=False)["day"].min()
        born = born[born["day"].isin(self.days["day"])]
        born["period"] = self.period(born["day"])
        fresh = born.groupby(["key", "period"]).size()
        awake = active.loc[active["active_days"] > 0, ["key", "period", "member"]]
        later = (
            born[["key", "member"]].assign(period=self._next(born["period"])).merge(awake.assign(there=1), how="left")
        )
        share = later.groupby(["key", "period"])["there"].agg(["count", "size"])
        found = pd.DataFrame({"new_members": fresh, "new_member_retention": share["count"] / share["size"]})
        return found

    def _people(self, alive: pd.DataFrame) -> pd.DataFrame:
        self.stays = self._stays()
        begin = self.days["day"].min()
        come = self.stays.assign(day=self.stays["from_day"].clip(lower=begin)).groupby(["key", "day"]).size()
        gone = self.stays.dropna(subset="to_day")
        went = gone.assign(day=gone["to_day"].clip(lower=begin)).groupby(["key", "day"]).size()
        daily = pd.DataFrame(index=self.grid)
        daily["members"] = self._running(come.reindex(self.grid, fill_value=0) - went.reindex(self.grid, fill_value=0))
        alive = alive.sort_values(["key", "member", "day"])
        same = alive.groupby(WHO)["day"]
        since, until = (alive["day"] - same.shift(1)).dt.days, (same.shift(-1) - alive["day"]).dt.days
        for name, length in (("wau", 7), ("mau", 30)):
            opened = alive[~(since < length)].groupby(["key", "day"]).size()
            ended = alive[~(until < length)]
            closed = ended.assign(day=ended["day"] + pd.Timedelta(days=length)).groupby(["key", "day"]).size()
            daily[name] = self._running(
                opened.reindex(self.grid, fill_value=0) - closed.reindex(self.grid, fill_value=0)
            )
        daily = daily.reset_index().merge(self.days, on="day")
        cell = daily.groupby(["key", "period"])
        found = cell[["members", "wau", "mau"]].last()
        return found.assign(_member_days=cell["members"].sum(), _length=cell.size())

    def _running(self, changes: pd.Series) -> pd.Series:
        return changes.groupby(level="key").cumsum()

    def _stays(self) -> pd.DataFrame:
        people = self.visits.loc[self.visits["ordinary"], [*ABODE, "member", "day", "first_at", "last_at", "gone_at"]]
        goers = people.loc[people["gone_at"].notna(), ABODE].drop_duplicates().assign(goer=True)
        people = people.merge(goers, on=ABODE, how="left")
        steady = (
            people[people["goer"].isna()]
            .groupby(["key", "community", "member"], as_index=False)
            .agg(from_at=("first_at", "min"), from_day=("day", "min"))
        )
        rows = people[people["goer"].notna()].sort_values([*ABODE, "day"])
        rows["here"] = ~(rows["gone_at"] >= rows["last_at"])
        was = rows.groupby(ABODE)["here"].shift(1).fillna(False).astype(bool)
        turns = rows[rows["here"] != was]
        following = turns.groupby(ABODE)[["day", "gone_at"]].shift(-1)
        turns = turns.assign(to_day=following["day"], to_at=following["gone_at"])[turns["here"]]
        turns = turns.rename(columns={"first_at": "from_at", "day": "from_day"})
        names = ["key", "member", "from_at", "to_at", "from_day", "to_day"]
        pieces = pd.concat([steady, turns], ignore_index=True)[names].sort_values(["key", "member", "from_at", "to_at"])
        return self._joined(pieces)

    def _joined(self, pieces: pd.DataFrame) -> pd.DataFrame:
        """Stays that overlap made one."""
        open_ended = pd.Timestamp("2200-01-01", tz="UTC")
        ends = pieces["to_at"].fillna(open_ended)
        reached = ends.groupby([pieces["key"], pieces["member"]]).cummax()
        before = reached.groupby([pieces["key"], pieces["member"]]).shift(1)
        pieces = pieces.assign(ends=ends, last_day=pieces["to_day"].fillna(pd.Timestamp("2200-01-01")))
        pieces["fresh"] = (before.isna() | (pieces["from_at"] > before)).astype(int)
        pieces["n"] = pieces.groupby(WHO)["fresh"].cumsum()
        found = pieces.groupby([*WHO, "n"], as_index=False).agg(
            from_at=("from_at", "min"), from_day=("from_day", "min"), to_at=("ends", "max"), to_day=("last_day", "max")
        )
        for name in ("to_at", "to_day"):
            found[name] = found[name].where(found[name].dt.year < 2200)
        return found

    def _sales(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        paid = self.latest[self.latest["subject"] == "paid"].merge(
            self.identities[["identity", "member"]], on="identity"
        )
        paid = paid.sort_values(["occurred_at", "fact_id"]).reset_index(drop=True)
        paid["id"], paid["day"] = paid.index, paid["local_day"]
        paid["amount"] = paid["amount"] - paid["quantity"].fillna(0)
        paid = paid[["id", "occurred_at", "day", "member", "amount", "currency"]]
        held = paid.merge(self.stays, on="member")
        held = held[(held["occurred_at"] >= held["from_at"]) & ~(held["occurred_at"] >= held["to_at"])]
        inside = held.drop_duplicates(["key", "id"]).assign(inside=True).sort_values("id")
        sales = paid.assign(key=0, inside=paid["id"].isin(held["id"])) if self.by == "none" else inside
        sales["period"] = self.period(sales["day"])
        orders = sales.groupby(["key", "member"])
        sales["place"], sales["gap"] = orders.cumcount(), (sales["day"] - orders["day"].shift(1)).dt.days
        cell = sales.groupby(["key", "period", "currency"])
        return sales, cell.agg(amount=("amount", "sum"), orders=("id", "size"), buyers=("member", "nunique"))

    def _bought(self, sales: pd.DataFrame) -> pd.DataFrame:
        cell = sales.groupby(["key", "period"])
        found = cell.agg(orders=("id", "size"), buyers=("member", "nunique"), repurchase_interval=("gap", "median"))
        inside = sales[sales["inside"]].groupby(["key", "period"])["member"]
        again = sales[sales["place"] > 0].groupby(["key", "period"])["member"].nunique()
        found["_inside"], found["_inside_buyers"] = inside.size(), inside.nunique()
        found["repurchase_rate"] = again.reindex(found.index, fill_value=0) / found["buyers"]
        return found

    def _placed(self, facts: pd.DataFrame) -> pd.DataFrame:
        keyed = (
            facts.assign(key=0)
            if self.by == "none"
            else facts.dropna(subset="community").assign(key=lambda rows: rows["community"].astype("int64"))
        )
        return keyed.assign(period=self.period(keyed["local_day"]))

    def _exposures(self) -> pd.DataFrame:
        return self._placed(self.exposed).groupby(["key", "period"])["quantity"].sum().to_frame("exposures")

    def _ratios(self, wide: pd.DataFrame) -> None:
        members, filled = wide["members"].where(wide["members"] > 0), wide.fillna(0)
        wide["dau"] = wide["_days"] / wide["_length"]
        wide["stickiness"] = filled["_days"] / wide["_length"] / wide["mau"].where(wide["mau"] > 0)
        wide["interaction_rate"] = filled["_spoken"] / wide["_member_days"].where(wide["_member_days"] > 0)
        wide["silent_share"] = (1 - filled["active_members"] / members).clip(lower=0)
        wide["messages_per_member"] = filled["_said"] / members
        wide["messages_per_active_member"] = wide["_awake_said"] / wide["active_members"]
        whole = wide["members"] + filled["leaves"]
        wide["leave_rate"] = filled["leaves"] / whole.where(whole > 0)
        wide["join_rate"] = filled["joins"] / wide["exposures"].where(wide["exposures"] > 0)
        before = wide["active_members"].reset_index()
        before["period"] = self._next(before["period"])
        earlier = before.set_index(["key", "period"])["active_members"].reindex(wide.index)
        wide["retention_rate"] = filled["retained_members"] / earlier
        wide["conversion"] = filled["_inside"] / members
        wide["buyer_share"] = filled["_inside_buyers"] / members

    def _long(self, values: pd.Series, metric: str) -> pd.DataFrame:
        found = values.astype(float).rename("value").reset_index()
        return found.assign(metric=metric, part=found.get("currency", ""))

    def _money(self, sold: pd.DataFrame) -> list[pd.DataFrame]:
        spent = self._placed(self.costs).groupby(["key", "period", "currency"])["amount"].sum()
        both = pd.DataFrame({"spent": spent}).join(sold["amount"]).reset_index()
        any_sold = pd.MultiIndex.from_frame(both[["key", "period"]]).isin(
            sold.reset_index().set_index(["key", "period"]).index
        )
        both["none"] = both["amount"].isna()
        both["value"] = np.where(
            both["none"] & any_sold, np.nan, both["amount"].fillna(0) / both["spent"].where(both["spent"] > 0)
        )
        both = both.sort_values(["none", "spent", "currency"], ascending=[True, False, True]).drop_duplicates(
            ["key", "period"]
        )
        roi = both.set_index(["key", "period"])["value"].dropna()
        return [
            self._long(sold["amount"], "revenue"),
            self._long(sold["amount"] / sold["orders"], "order_value"),
            self._long(sold["amount"] / sold["buyers"], "average_order_value"),
            self._long(spent, "cost"),
            self._long(roi, "roi"),
        ]


def roll_up(facts: pd.DataFrame) -> pd.DataFrame:
    """What each identity did in each community on each day."""
    facts = facts.sort_values(["community", "local_day", "occurred_at", "fact_id"])
    facts["spoken"] = False
    said = facts[facts["kind"] == "message"]
    facts.loc[said.index, "spoken"] = _spoken(said)
    renamed = facts[(facts["kind"] == "renamed") & facts["other"].notna()].assign(kind="appeared", quantity=1)
    renamed["identity"] = renamed["other"]
    rows = pd.concat([facts[(facts["kind"] != "notice") & facts["identity"].notna()], renamed], ignore_index=True)
    kind, dated = rows["kind"], rows["quantity"].fillna(1).clip(lower=0)
    for name, kinds in (
        ("messages", "message"),
        ("actions", "action"),
        ("joined", "joined"),
        ("left", "left"),
        ("unlisted", "unlisted"),
    ):
        rows[name] = (kind == kinds).astype(int)
    rows["listed"] = dated.where(kind == "listed", 0).astype(int)
    rows["gone_at"] = rows["occurred_at"].where(kind.isin(["left", "unlisted", "renamed"]))
    found = rows.groupby(["local_day", "community", "identity"], as_index=False).agg(
        messages=("messages", "sum"), actions=("actions", "sum"), spoken=("spoken", "sum"), joined=("joined", "sum"), left=("left", "sum"),
        listed=("listed", "max"), unlisted=("unlisted", "max"), first_at=("occurred_at", "min"), last_at=("occurred_at", "max"), gone_at=("gone_at", "max"),
    )  # fmt: skip
    found["joins"], found["leaves"] = found[["joined", "listed"]].max(axis=1), found[["left", "unlisted"]].max(axis=1)
    found = found.astype({"community": "int64", "identity": "int64"})
    return found.rename(columns={"local_day": "day"}).drop(columns=["joined", "left", "listed", "unlisted"])


def _spoken(said: pd.DataFrame) -> np.ndarray:
    """Which messages say something: no sticker, thanks, signs alone or copy of the message before."""
    text = pa.array(said["text"])
    typed = said["subject"].isin(["text", ""])
    mute = pc.match_substring_regex(text, WORDLESS).to_numpy(zero_copy_only=False)
    thanks = pc.match_substring_regex(pc.utf8_lower(text), THANKS).to_numpy(zero_copy_only=False) & (
        said["text"].str.len() <= 16
    )
    copied = said["text"] == said.groupby(["community", "local_day"])["text"].shift(1)
    return (
        ~said["subject"].isin(["sticker", "red_packet", "transfer"]) & ~(typed & (mute | thanks | copied))
    ).to_numpy()
