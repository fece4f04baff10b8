"""The columns of the lake's tables."""

from __future__ import annotations

import pyarrow as pa

STAMP = pa.timestamp("us", tz="UTC")

# `community`, `identity`, `other` and `unit` are ids of the database; orders and costs of a whole unit have no community.
# `local_day` and `local_hour` are the deployment's calendar, fixed at write. `amount` is minor units of `currency`.
# `external` is the platform's own id of the message or order; `month` the local month, which partitions the table.
FACTS = pa.schema(
    [
        ("fact_id", pa.binary()),
        ("kind", pa.string()),
        ("occurred_at", STAMP),
        ("local_day", pa.date32()),
        ("local_hour", pa.int8()),
        ("unit", pa.int64()),
        ("community", pa.int64()),
        ("identity", pa.int64()),
        ("other", pa.int64()),
        ("subject", pa.string()),
        ("amount", pa.int64()),
        ("currency", pa.string()),
        ("quantity", pa.int64()),
        ("text", pa.string()),
        ("external", pa.string()),
        ("meta", pa.string()),
        ("import_id", pa.int64()),
        ("month", pa.string()),
    ]
)

# One row per day, community and identity. `spoken` counts messages that really say something (method.md N2), `questions`,
# `answers` (the first real word of somebody else within the hour, once per question) and `promotions` what `speech` takes for that;
# `came_at` and `gone_at` are the last coming and going of that day, a change of name counting as the old name's going.
ACTIVITY = pa.schema(
    [
        ("local_day", pa.date32()),
        ("community", pa.int64()),
        ("identity", pa.int64()),
        ("messages", pa.int64()),
        ("actions", pa.int64()),
        ("spoken", pa.int64()),
        ("questions", pa.int64()),
        ("answers", pa.int64()),
        ("promotions", pa.int64()),
        ("joins", pa.int64()),
        ("leaves", pa.int64()),
        ("first_at", STAMP),
        ("last_at", STAMP),
        ("came_at", STAMP),
        ("gone_at", STAMP),
        ("month", pa.string()),
    ]
)

# A fact that `import_id` also held when another import had already supplied it.
SUPPLIES = pa.schema([("import_id", pa.int64()), ("fact_id", pa.binary())])

# Statistics only where they let a query skip files, and never on what erasure must not leave behind.
SKIPPING_COLUMNS = "local_day,community,kind,import_id"
UNINDEXED_COLUMNS = ("text", "meta", "external", "subject", "fact_id")
