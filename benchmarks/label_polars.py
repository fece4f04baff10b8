"""The same labels with polars, from the same files (the rollup, and the facts for joins and orders)."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
from deltalake import DeltaTable


def answer(folder: str) -> pa.Table:
    """label, member, value of every ordinary member who was ever seen in a community or bought."""
    found = People(Path(folder)).told()
    labels = [found.select(pl.lit(name).alias("label"), "member", value=value) for name, value in _LABELS.items()]
    table = pl.concat(labels).to_arrow()
    return table.cast(pa.schema([("label", pa.string()), ("member", pa.int64()), ("value", pa.string())]))


class People:
    """What the labels are told of."""

    def __init__(self, place: Path) -> None:
        self.identities = pl.read_parquet(place / "identities.parquet")
        self.people = self.identities.filter(pl.col("role") == "member").select("identity", "member")
        facts = scan(place, "facts")
        names = "fact_id local_day unit identity subject amount currency quantity external import_id".split()
        self.orders = self._latest(facts.filter(pl.col("kind") == "order").select(names).collect())
        self.joined = (
            facts.filter((pl.col("kind") == "joined") & pl.col("other").is_not_null())
            .select("identity", "other")
            .collect()
        )
        columns = "local_day community identity messages actions spoken answers last_at gone_at".split()
        rows = scan(place, "activity").select(columns).join(self.people.lazy(), on="identity")
        self.rows = rows.with_columns(said=pl.col("messages") + pl.col("actions"), day="local_day").collect()
        self.last = max(self.rows["day"].max(), self.orders["day"].max())

    def _latest(self, orders: pl.DataFrame) -> pl.DataFrame:
        number = ["unit", "external", "currency"]
        orders = orders.sort([*number, "import_id", "fact_id"], descending=[False, False, False, True, False])
        last = orders.group_by(number, maintain_order=True).agg(
            pl.col("identity").drop_nulls().first(),
            pl.col("subject", "amount", "quantity").first(),
            day=pl.col("local_day").first(),
        )
        return last.join(self.identities.select("identity", "member"), on="identity")

    def told(self) -> pl.DataFrame:
        """One row for each member, with everything the labels look at."""
        talked, bought = self._talked(), self._bought()
        frames = [self._lately(talked), self._presence(), self._recent(), self._brought(bought)]
        found = talked.join(bought, on="member", how="full", coalesce=True)
        for frame in frames:
            found = found.join(frame, on="member", how="left")
        counts = "messages answers spoken lately_answers answer_days invited buyers days orders refunded on_sale recent_days recent_answers"
        found = found.with_columns(
            pl.col(counts.split()).fill_null(0), there=pl.col("there").fill_null(value=True), any_orders=pl.lit(len(self.orders) > 0)
        )  # fmt: skip
        observed = _days(pl.col("last_day") - pl.col("heard_from")) + 1
        observed = pl.max_horizontal(21, pl.min_horizontal(90, observed))
        orders, lost = pl.col("orders"), pl.col("refunded")
        share = pl.when(orders > 1).then(pl.col("bought_months") / pl.col("possible")).otherwise(0)
        return found.with_columns(
            silent=_days(pl.lit(self.last) - pl.col("last_day")),
            span=_days(pl.col("last_day") - pl.col("heard_from")).fill_null(0),
            known=_days(pl.lit(self.last) - pl.min_horizontal("first_day", "first_order")) + 1,
            spoken_30=(30 * pl.col("spoken") / observed).fill_null(0),
            answers_30=(30 * pl.col("lately_answers") / observed).fill_null(0),
            sale_share=_rounded(100 * pl.col("on_sale") / pl.max_horizontal(orders, 1)),
            loyalty=_rounded(70 * share + 30 * pl.min_horizontal("buyers", 1)),
            satisfaction=_rounded(100 * (orders + 1) / (orders + lost + 2) * pl.when("there").then(1.0).otherwise(0.8)),
        )

    def _talked(self) -> pl.DataFrame:
        awake = pl.col("said") > 0
        begun = self.rows.lazy().filter(awake).group_by("community").agg(begun=pl.col("day").min())
        stays = self.rows.lazy().group_by("member", "identity", "community").agg(
            first_day=pl.col("day").min(), last_day=pl.col("day").filter(awake).max(), messages=pl.col("said").sum(), answers=pl.col("answers").sum(),
            gone=(pl.col("gone_at").max() >= pl.col("last_at").max()).fill_null(value=False),
        )  # fmt: skip
        heard = pl.when(pl.col("begun").is_not_null()).then(pl.max_horizontal("first_day", "begun"))
        people = stays.join(begun, on="community", how="left").group_by("member")
        return people.agg(
            pl.col("first_day").min(), pl.col("last_day").max(), pl.col("messages").sum(), pl.col("answers").sum(),
            heard_from=heard.min(), there=(~pl.col("gone")).any(),
        ).collect()  # fmt: skip

    def _presence(self) -> pl.DataFrame:
        days = self.rows.lazy().filter(pl.col("said") > 0).select("member", "day").unique()
        months = days.group_by("member", month=pl.col("day").dt.truncate("1mo")).agg(n=pl.len()).collect().lazy()
        recent = pl.col("month") > pl.lit(self.last).dt.offset_by("-365d")
        quarters = (
            months.filter(recent)
            .group_by("member", pl.col("month").dt.truncate("1q"))
            .agg(pl.col("n").sum())
            .group_by("member")
            .agg(best_quarter=pl.col("n").max())
        )
        best = months.group_by("member").agg(days=pl.col("n").sum(), best_month=pl.col("n").filter(recent).max())
        year = days.filter(pl.col("day") > pl.lit(self.last).dt.offset_by("-365d"))
        weeks = year.group_by("member", pl.col("day").dt.truncate("1w")).agg(n=pl.len())
        weekly = weeks.group_by("member").agg(best_week=pl.col("n").max())
        return best.join(quarters, on="member", how="left").join(weekly, on="member", how="left").collect()

    def _lately(self, talked: pl.DataFrame) -> pl.DataFrame:
        rows = self.rows.lazy().filter(pl.col("spoken") + pl.col("answers") > 0)
        near = rows.join(talked.lazy().select("member", "last_day"), on="member")
        near = near.filter(pl.col("day") > pl.col("last_day").dt.offset_by("-90d"))
        helped = pl.col("day").filter(pl.col("answers") > 0).n_unique()
        return near.group_by("member").agg(
            pl.col("spoken").sum(), lately_answers=pl.col("answers").sum(), answer_days=helped
        ).collect()  # fmt: skip

    def _recent(self) -> pl.DataFrame:
        near = pl.col("day") > pl.lit(self.last).dt.offset_by("-100d")
        rows = self.rows.lazy().filter(near & (pl.col("said") > 0)).group_by("member")
        return rows.agg(recent_days=pl.col("day").n_unique(), recent_answers=pl.col("answers").sum()).collect()

    def _bought(self) -> pl.DataFrame:
        paid = pl.col("subject") == "paid"
        found = self.orders.with_columns(age=_days(pl.lit(self.last) - pl.col("day"))).join(
            self.orders.filter(paid).group_by("currency").agg(usual=pl.col("amount").median()),
            on="currency",
            how="left",
        )
        found = found.join(self._sale_days(), on="day", how="left").join(
            self.people.select("member").unique(), on="member", how="semi"
        )
        refund = pl.col("quantity").fill_null(0) > 0
        return found.group_by("member").agg(
            first_order=pl.col("day").min(), orders=paid.sum(), refunded=((pl.col("subject") == "refunded") | paid & refund).sum(),
            value_ratio=(pl.col("amount") / pl.col("usual")).filter(paid).mean(), on_sale=(paid & pl.col("sale").is_not_null()).sum(),
            bought_months=(pl.col("age") // 30).filter(paid & (pl.col("age") < 180)).n_unique(),
            possible=pl.min_horizontal(6, pl.col("age").filter(paid).max() // 30 + 1),
        )  # fmt: skip

    def _sale_days(self) -> pl.DataFrame:
        counted = self.orders.filter(pl.col("subject") == "paid").group_by("day").agg(n=pl.len())
        every = pl.select(day=pl.date_range(counted["day"].min(), counted["day"].max()))
        found = every.join(counted, on="day", how="left").with_columns(pl.col("n").fill_null(0)).sort("day")
        usual = pl.col("n").rolling_median(29, min_samples=1, center=True)
        return found.filter((pl.col("n") >= 5) & (pl.col("n") > 2 * usual)).select("day", sale=1)

    def _brought(self, bought: pl.DataFrame) -> pl.DataFrame:
        guests = self.joined.join(self.people.rename({"member": "guest"}), on="identity")
        pairs = guests.join(self.people.rename({"identity": "other"}), on="other").filter(
            pl.col("guest") != pl.col("member")
        )
        buyers = bought.filter(pl.col("orders") > 0).select(guest="member", bought=1)
        pairs = pairs.select("member", "guest").unique().join(buyers, on="guest", how="left")
        return pairs.group_by("member").agg(invited=pl.len(), buyers=pl.col("bought").count())


def scan(place: Path, name: str) -> pl.LazyFrame:
    """The files of one of the lake's tables."""
    files = [uri.removeprefix("file://") for uri in DeltaTable(place / "lake" / name).file_uris()]
    return pl.scan_parquet(files, hive_partitioning=False)


def _days(span: pl.Expr) -> pl.Expr:
    return span.dt.total_days()


def _rounded(value: pl.Expr) -> pl.Expr:
    """To the nearest, halves upwards, as SQL does for what is not negative."""
    return (value + 0.5).floor()


def _cases(*cases: tuple[pl.Expr, str], otherwise: str) -> pl.Expr:
    found: pl.Expr = pl.lit(otherwise)
    for when, value in reversed(cases):
        found = pl.when(when).then(pl.lit(value)).otherwise(found)
    return found


_spoken, _answers, _orders = pl.col("spoken_30"), pl.col("answers_30"), pl.col("orders")
_quiet = (pl.col("messages") == 0) | (pl.col("silent") > 180).fill_null(value=False) | (_spoken < 12)
_LABELS = {
    "tier": _cases(
        (_quiet, "ordinary"), ((_answers >= 20) & (pl.col("answer_days") >= 5), "professional"), (_answers >= 5, "contributing"), otherwise="active"
    ),
    "stage": _cases(
        (pl.col("invited") > 0, "referral"), (_orders > 0, "revenue"), ((pl.col("span") >= 7) & (pl.col("days") >= 3), "retention"),
        (pl.col("days") > 0, "activation"), otherwise="acquisition",
    ),
    "user_type": _cases(
        (~pl.col("any_orders") | (_orders + pl.col("refunded") == 0) & (pl.col("known") < 14), "unknown"),
        ((_orders > 0) & (pl.col("sale_share") >= 50) & (pl.col("buyers") == 0), "bargain"),
        ((_orders >= 3) & (pl.col("loyalty") >= 50) & (pl.col("satisfaction") >= 50), "loyal"),
        ((_orders >= 2) | (_orders > 0) & (pl.col("value_ratio") >= 1.2), "demand"), otherwise="low_demand",
    ),
    "orbit_level": _cases(
        (pl.col("best_quarter") >= 30, "leading"), (pl.col("best_month") >= 7, "contributing"), (pl.col("best_week") >= 2, "participating"), otherwise="exploring"
    ),
    "trust_level": _cases(
        ((pl.col("recent_days") >= 50) & (pl.col("recent_answers") >= 10), "regular"), ((pl.col("days") >= 15) & (pl.col("answers") >= 3), "member"),
        (pl.col("days") > 0, "basic"), otherwise="new",
    ),
}  # fmt: skip
