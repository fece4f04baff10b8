"""The same with polars from the same files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa

from benchmarks.label_polars import scan


def answer(folder: str, members: list[int]) -> pa.Table:
    """member, kind, at, place, figure."""
    place = Path(folder)
    activity, facts = scan(place, "activity"), scan(place, "facts")
    identities = pl.read_parquet(place / "identities.parquet")
    return pl.concat([_rows(activity, facts, identities, member) for member in members]).to_arrow()


def _rows(activity: pl.LazyFrame, facts: pl.LazyFrame, identities: pl.DataFrame, member: int) -> pl.DataFrame:
    mine = pl.col("identity").is_in(identities.filter(pl.col("member") == member)["identity"].implode())
    there = activity.filter(mine).group_by("identity", pl.col("community").alias("place")).agg(
        at=pl.col("last_at").max(), figure=(pl.col("messages") + pl.col("actions")).sum()
    )  # fmt: skip
    did = facts.filter(mine & (pl.col("kind") != "order") & pl.col("community").is_not_null())
    did = did.sort(["occurred_at", "fact_id"], descending=True).head(41)
    orders = facts.filter(pl.col("kind") == "order")
    numbers = orders.filter(mine).select("external").collect()["external"].implode()
    number = ["unit", "external", "currency"]
    told = orders.filter(pl.col("external").is_in(numbers)).sort(["import_id", "fact_id"], descending=[True, False])
    last = told.unique(number, keep="first", maintain_order=True)
    parts = [
        there.select(kind=pl.lit("there"), at="at", place="place", figure=pl.col("figure").cast(pl.Int64)),
        last.select(kind="subject", at="occurred_at", place=pl.lit(0, pl.Int64), figure="amount"),
        did.select(kind="kind", at="occurred_at", place="community", figure=pl.col("text").str.len_chars().cast(pl.Int64)),
    ]  # fmt: skip
    return pl.concat(pl.collect_all(parts)).select(pl.lit(member).cast(pl.Int64).alias("member"), pl.all())
