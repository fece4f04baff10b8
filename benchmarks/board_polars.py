"""The same board with polars, from the fact files alone."""

from __future__ import annotations

from functools import reduce
from pathlib import Path

import polars as pl
import pyarrow as pa
from deltalake import DeltaTable

from qunyu.events.lake.speech import THANKS, WORDLESS

WHO = ["key", "member"]
CELL = ["key", "period"]
ABODE = ["key", "community", "identity"]


def answer(folder: str, grain: str, by: str) -> pa.Table:
    """metric, key, period, part, value; rows without a value may be missing."""
    return Sums(Path(folder), grain, by).figures().to_arrow().cast(_SCHEMA)


_SCHEMA = pa.schema(
    [
        ("metric", pa.string()),
        ("key", pa.int64()),
        ("period", pa.date32()),
        ("part", pa.string()),
        ("value", pa.float64()),
    ]
)


class Sums:
    """One question being answered."""

    def __init__(self, place: Path, grain: str, by: str) -> None:
        self.grain, self.by = grain, by
        self.step = "1mo" if grain == "month" else "1d"
        self.key = pl.lit(0, pl.Int64) if by == "none" else pl.col("community")
        self.communities = pl.read_parquet(place / "communities.parquet").select("community")
        self.identities = pl.read_parquet(place / "identities.parquet")
        files = [uri.removeprefix("file://") for uri in DeltaTable(place / "lake" / "facts").file_uris()]
        facts = pl.scan_parquet(files, hive_partitioning=False)
        names = "fact_id kind occurred_at local_day unit community identity subject amount currency quantity external import_id".split()
        self.money = facts.filter(pl.col("kind").is_in(["order", "cost", "exposed"])).select(names).collect()
        self.latest = self._latest()
        who = self.identities.filter(~pl.col("role").is_in(["bot", "atmosphere"])).with_columns(
            ordinary=pl.col("role") == "member"
        )
        visits = (
            roll_up(facts)
            .lazy()
            .join(who.drop("role").lazy(), on="identity")
            .join(self.communities.lazy(), on="community", how="semi")
        )
        self.visits = visits.with_columns(key=self.key).collect()
        self._calendar()

    def _latest(self) -> pl.DataFrame:
        orders = self.money.filter(pl.col("kind") == "order").sort(["import_id", "fact_id"], descending=[True, False])
        told = orders.filter(pl.col("external") != "").unique(["unit", "external"], keep="first", maintain_order=True)
        return pl.concat([told, orders.filter(pl.col("external") == "")])

    def _calendar(self) -> None:
        lively = self.visits.filter(pl.col("messages") + pl.col("actions") > 0)["day"].min()
        ordered = self.latest["local_day"]
        first, last = min(lively, ordered.min()), max(self.visits["day"].max(), ordered.max())
        self.days = pl.select(day=pl.date_range(first, last)).with_columns(period=self.period(pl.col("day")))
        keys = (
            self.communities.select(key="community")
            if self.by == "community"
            else pl.DataFrame({"key": [0]}, schema={"key": pl.Int64})
        )
        self.grid = keys.join(self.days, how="cross")
        self.lengths = self.days.group_by("period").agg(length=pl.len())

    def period(self, day: pl.Expr) -> pl.Expr:
        """The first day of the period of each day."""
        return day.dt.truncate("1mo") if self.grain == "month" else day

    def figures(self) -> pl.DataFrame:
        """metric, key, period, part, value."""
        active, alive = self._active()
        people = self._people(alive)
        sales, sold = self._sales()
        frames = [
            people,
            self._talk(active),
            self._kept(active),
            *self._newcomers(active),
            self._bought(sales),
            self._exposures(),
        ]
        wide = reduce(lambda left, right: left.join(right, on=CELL, how="left"), frames)
        wide = self._ratios(wide)
        names = [name for name in wide.columns if name not in CELL and not name.startswith("_")]
        long = wide.select(*CELL, pl.col(names).cast(pl.Float64)).unpivot(names, index=CELL, variable_name="metric")
        long = long.filter(pl.col("value").is_not_null()).with_columns(part=pl.lit(""))
        return pl.concat(
            [each.select("metric", "key", "period", "part", "value") for each in (long, *self._money(sold))]
        )

    def _active(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        sums = [pl.col(name).sum() for name in ("messages", "actions", "spoken", "joins", "leaves")]
        days = (
            self.visits.lazy()
            .group_by("key", "day", "member")
            .agg(pl.first("ordinary"), *sums)
            .join(self.days.lazy(), on="day")
        )
        days = days.with_columns(
            active_days=(pl.col("messages") + pl.col("actions") > 0).cast(pl.Int64),
            spoken_days=(pl.col("spoken") > 0).cast(pl.Int64),
        ).collect()
        alive = days.filter((pl.col("active_days") > 0) & pl.col("ordinary")).select("key", "member", "day")
        if self.grain == "day":
            return days, alive
        sums = [pl.col(name).sum() for name in ("messages", "actions", "active_days", "spoken_days", "joins", "leaves")]
        return days.group_by("key", "period", "member").agg(pl.first("ordinary"), *sums), alive

    def _talk(self, active: pl.DataFrame) -> pl.DataFrame:
        member, awake = pl.col("ordinary"), pl.col("ordinary") & (pl.col("active_days") > 0)
        return active.group_by(CELL).agg(
            pl.col("messages").sum(), pl.col("actions").sum(),
            pl.col("messages").filter(member).sum().alias("_said"), pl.col("messages").filter(awake).sum().alias("_awake_said"),
            awake.sum().alias("active_members"), (member & (pl.col("spoken_days") > 0)).sum().alias("speaking_members"),
            pl.col("active_days").filter(member).sum().alias("_days"), pl.col("spoken_days").filter(member).sum().alias("_spoken"),
            pl.col("joins").filter(member).sum(), pl.col("leaves").filter(member).sum(),
        )  # fmt: skip

    def _kept(self, active: pl.DataFrame) -> pl.DataFrame:
        awake = active.filter(pl.col("ordinary") & (pl.col("active_days") > 0)).select("key", "period", "member")
        later = awake.with_columns(pl.col("period").dt.offset_by(self.step))
        return (
            awake.join(later, on=["key", "period", "member"], how="semi").group_by(CELL).agg(retained_members=pl.len())
        )

    def _newcomers(self, active: pl.DataFrame) -> list[pl.DataFrame]:
        born = (
            self.visits.filter("ordinary").group_by(WHO).agg(pl.col("day").min()).join(self.days, on="day").drop("day")
        )
        awake = active.filter(pl.col("active_days") > 0).select("key", "period", "member", there=1)
        later = born.with_columns(pl.col("period").dt.offset_by(self.step)).join(
            awake, on=["key", "period", "member"], how="left"
        )
        share = later.group_by(CELL).agg(new_member_retention=pl.col("there").count() / pl.len())
        return [born.group_by(CELL).agg(new_members=pl.len()), share]

    def _people(self, alive: pl.DataFrame) -> pl.DataFrame:
        self.stays = self._stays()
        begin = self.days["day"].min()
        come = self.stays.select("key", day=pl.max_horizontal("from_day", pl.lit(begin)), members=pl.lit(1))
        went = self.stays.drop_nulls("to_day").select(
            "key", day=pl.max_horizontal("to_day", pl.lit(begin)), members=pl.lit(-1)
        )
        changes = [self._changes(come, went, "members")]
        gaps = alive.sort(["key", "member", "day"]).with_columns(
            since=(pl.col("day") - pl.col("day").shift(1).over(WHO)).dt.total_days(),
            until=(pl.col("day").shift(-1).over(WHO) - pl.col("day")).dt.total_days(),
        )
        for name, length in (("wau", 7), ("mau", 30)):
            opened = gaps.filter(pl.col("since").is_null() | (pl.col("since") >= length)).select(
                "key", "day", pl.lit(1).alias(name)
            )
            ended = gaps.filter(pl.col("until").is_null() | (pl.col("until") >= length))
            closed = ended.select("key", pl.col("day").dt.offset_by(f"{length}d"), pl.lit(-1).alias(name))
            changes.append(self._changes(opened, closed, name))
        daily = reduce(lambda left, right: left.join(right, on=["key", "day"], how="left"), changes, self.grid).sort(
            ["key", "day"]
        )
        daily = daily.with_columns(pl.col("members", "wau", "mau").fill_null(0).cum_sum().over("key"))
        sums = [pl.col(name).last() for name in ("members", "wau", "mau")]
        return (
            daily.group_by(CELL, maintain_order=True)
            .agg(*sums, pl.col("members").sum().alias("_member_days"))
            .join(self.lengths, on="period")
        )

    def _changes(self, more: pl.DataFrame, fewer: pl.DataFrame, name: str) -> pl.DataFrame:
        return pl.concat([more, fewer]).group_by("key", "day").agg(pl.col(name).sum())

    def _stays(self) -> pl.DataFrame:
        people = self.visits.filter("ordinary")
        goers = people.filter(pl.col("gone_at").is_not_null()).select(ABODE).unique()
        steady = people.join(goers, on=ABODE, how="anti").group_by("key", "community", "member")
        steady = steady.agg(from_at=pl.col("first_at").min(), from_day=pl.col("day").min())
        rows = people.join(goers, on=ABODE, how="semi").sort([*ABODE, "day"])
        rows = rows.with_columns(here=(pl.col("gone_at") < pl.col("last_at")).fill_null(True))
        turns = rows.filter(pl.col("here") != pl.col("here").shift(1).over(ABODE).fill_null(False))
        turns = turns.with_columns(
            to_day=pl.col("day").shift(-1).over(ABODE), to_at=pl.col("gone_at").shift(-1).over(ABODE)
        ).filter("here")
        turns = turns.rename({"first_at": "from_at", "day": "from_day"}).select(
            "key", "member", "from_at", "from_day", "to_at", "to_day"
        )
        pieces = pl.concat([steady.drop("community"), turns], how="diagonal").sort(
            ["key", "member", "from_at", "to_at"], nulls_last=True
        )
        far = pl.datetime(2200, 1, 1, time_unit="us", time_zone="UTC")
        pieces = pieces.with_columns(ends=pl.col("to_at").fill_null(far))
        before = pl.col("ends").cum_max().shift(1).over(WHO)
        pieces = pieces.with_columns(
            n=(before.is_null() | (pl.col("from_at") > before)).cast(pl.Int64).cum_sum().over(WHO)
        )
        ended = pl.col("to_at").null_count() == 0
        return pieces.group_by(*WHO, "n").agg(
            pl.col("from_at").min(),
            pl.col("from_day").min(),
            to_at=pl.when(ended).then(pl.col("to_at").max()),
            to_day=pl.when(ended).then(pl.col("to_day").max()),
        )

    def _sales(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        paid = self.latest.filter(pl.col("subject") == "paid").join(
            self.identities.select("identity", "member"), on="identity"
        )
        paid = (
            paid.sort(["occurred_at", "fact_id"])
            .with_row_index("id")
            .with_columns(amount=pl.col("amount") - pl.col("quantity").fill_null(0))
        )
        paid = paid.select("id", "occurred_at", "member", "amount", "currency", day="local_day")
        held = paid.join(self.stays, on="member").filter(
            (pl.col("occurred_at") >= pl.col("from_at"))
            & (pl.col("to_at").is_null() | (pl.col("occurred_at") < pl.col("to_at")))
        )
        if self.by == "none":
            sales = paid.with_columns(key=pl.lit(0, pl.Int64), inside=pl.col("id").is_in(held["id"].implode()))
        else:
            sales = held.unique(["key", "id"]).with_columns(inside=pl.lit(True)).sort("id")
        sales = sales.with_columns(
            period=self.period(pl.col("day")),
            place=pl.int_range(pl.len()).over(WHO),
            gap=(pl.col("day") - pl.col("day").shift(1).over(WHO)).dt.total_days(),
        )
        sold = sales.group_by(*CELL, "currency").agg(
            pl.col("amount").sum(), orders=pl.len(), buyers=pl.col("member").n_unique()
        )
        return sales, sold

    def _bought(self, sales: pl.DataFrame) -> pl.DataFrame:
        inside, buyer = pl.col("inside"), pl.col("member")
        found = sales.group_by(CELL).agg(
            orders=pl.len(), buyers=buyer.n_unique(), repurchase_interval=pl.col("gap").median(), _inside=inside.sum(),
            _inside_buyers=buyer.filter(inside).n_unique(), _again=buyer.filter(pl.col("place") > 0).n_unique(),
        )  # fmt: skip
        return found.with_columns(repurchase_rate=pl.col("_again") / pl.col("buyers"))

    def _placed(self, kind: str) -> pl.DataFrame:
        facts = self.money.filter(pl.col("kind") == kind)
        if self.by == "community":
            facts = facts.filter(pl.col("community").is_not_null())
        return facts.with_columns(key=self.key, period=self.period(pl.col("local_day")))

    def _exposures(self) -> pl.DataFrame:
        return self._placed("exposed").group_by(CELL).agg(exposures=pl.col("quantity").sum())

    def _ratios(self, wide: pl.DataFrame) -> pl.DataFrame:
        def some(name: str) -> pl.Expr:
            return pl.when(pl.col(name) > 0).then(pl.col(name))

        def known(name: str) -> pl.Expr:
            return pl.col(name).fill_null(0)

        before = wide.select("key", pl.col("period").dt.offset_by(self.step), _before="active_members")
        whole = pl.col("members") + known("leaves")
        return wide.join(before, on=CELL, how="left").with_columns(
            dau=pl.col("_days") / pl.col("length"),
            stickiness=known("_days") / pl.col("length") / some("mau"),
            interaction_rate=known("_spoken") / some("_member_days"),
            silent_share=(1 - known("active_members") / some("members")).clip(0),
            messages_per_member=known("_said") / some("members"),
            messages_per_active_member=pl.col("_awake_said") / some("active_members"),
            leave_rate=known("leaves") / pl.when(whole > 0).then(whole),
            join_rate=known("joins") / some("exposures"),
            retention_rate=known("retained_members") / some("_before"),
            conversion=known("_inside") / some("members"),
            buyer_share=known("_inside_buyers") / some("members"),
        ).drop("length")  # fmt: skip

    def _money(self, sold: pl.DataFrame) -> list[pl.DataFrame]:
        spent = self._placed("cost").group_by(*CELL, "currency").agg(spent=pl.col("amount").sum())
        both = spent.join(sold, on=[*CELL, "currency"], how="left").join(
            sold.select(CELL).unique().with_columns(sold=1), on=CELL, how="left"
        )
        both = both.with_columns(none=pl.col("amount").is_null()).sort(
            ["none", "spent", "currency"], descending=[False, True, False]
        )
        both = both.unique(CELL, keep="first", maintain_order=True).with_columns(
            roi=pl.when(~pl.col("none") | pl.col("sold").is_null()).then(
                pl.col("amount").fill_null(0) / pl.when(pl.col("spent") > 0).then(pl.col("spent"))
            )
        )
        amount, part = pl.col("amount"), pl.col("currency")
        values = {
            "revenue": amount,
            "order_value": amount / pl.col("orders"),
            "average_order_value": amount / pl.col("buyers"),
        }
        found = [
            sold.select(pl.lit(name).alias("metric"), *CELL, part=part, value=value.cast(pl.Float64))
            for name, value in values.items()
        ]
        found.append(
            spent.select(pl.lit("cost").alias("metric"), *CELL, part=part, value=pl.col("spent").cast(pl.Float64))
        )
        return [
            *found,
            both.select(pl.lit("roi").alias("metric"), *CELL, part=pl.lit(""), value="roi").drop_nulls("value"),
        ]


def roll_up(facts: pl.LazyFrame) -> pl.DataFrame:
    """What each identity did in each community on each day."""
    kind, text, subject = pl.col("kind"), pl.col("text"), pl.col("subject")
    talk = facts.filter(pl.col("community").is_not_null() & ~kind.is_in(["cost", "exposed", "order"]))
    said = talk.filter(kind == "message").sort(["community", "local_day", "occurred_at", "fact_id"])
    typed = subject.is_in(["text", ""])
    thanks = (text.str.len_chars() <= 16) & text.str.to_lowercase().str.contains(THANKS)
    copied = text.eq_missing(text.shift(1).over("community", "local_day"))
    spoken = ~subject.is_in(["sticker", "red_packet", "transfer"]) & ~(
        typed & (text.str.contains(WORDLESS) | thanks | copied)
    )
    names = ["local_day", "community", "identity", "occurred_at", "kind"]
    rows = pl.concat(
        [
            said.select(*names, spoken=spoken, dated=pl.lit(1, pl.Int64)),
            talk.filter(~kind.is_in(["message", "notice"])).select(*names, spoken=pl.lit(False), dated=pl.col("quantity").fill_null(1)),
            talk.filter((kind == "renamed") & pl.col("other").is_not_null()).select(
                "local_day", "community", pl.col("other").alias("identity"), "occurred_at", pl.lit("appeared").alias("kind"),
                spoken=pl.lit(False), dated=pl.lit(1, pl.Int64),
            ),
        ]
    )  # fmt: skip
    listed = pl.when(kind == "listed").then(pl.col("dated")).otherwise(0)
    found = rows.filter(pl.col("identity").is_not_null()).group_by("local_day", "community", "identity").agg(
        messages=(kind == "message").sum().cast(pl.Int64), actions=(kind == "action").sum().cast(pl.Int64), spoken=pl.col("spoken").sum().cast(pl.Int64),
        joins=pl.max_horizontal((kind == "joined").sum().cast(pl.Int64), listed.max()),
        leaves=pl.max_horizontal((kind == "left").sum().cast(pl.Int64), (kind == "unlisted").any().cast(pl.Int64)),
        first_at=pl.col("occurred_at").min(), last_at=pl.col("occurred_at").max(),
        gone_at=pl.col("occurred_at").filter(kind.is_in(["left", "unlisted", "renamed"])).max(),
    )  # fmt: skip
    return found.rename({"local_day": "day"}).collect()
