"""Providers: the packages above give the dimensions that every lake query joins; without one there are no rows."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from qunyu.kernel.scope import Scope

Provider = Callable[[Scope], pa.Table]

_providers: dict[str, Provider] = {}

COMMUNITIES = pa.schema(
    [
        ("community", pa.int64()),
        ("unit", pa.int64()),
        *((name, pa.string()) for name in ("platform", "type", "theme", "name")),
        *((name, pa.date32()) for name in ("opened_on", "closed_on")),
    ]
)
IDENTITIES = pa.schema([("identity", pa.int64()), ("member", pa.int64()), ("role", pa.string())])
# What people said of us, each on the deployment's day, with a score of 0 to 100.
OPINIONS = pa.schema([("member", pa.int64()), ("day", pa.date32()), ("score", pa.int64())])
_EMPTY = {"communities": COMMUNITIES, "identities": IDENTITIES, "opinions": OPINIONS}


def provide(name: str, provider: Provider) -> None:
    """Registers the provider of "communities", "identities" or "opinions"; the last one counts."""
    _providers[name] = provider


def dimension(name: str, scope: Scope) -> pa.Table:
    """The dimension under `scope`; empty when nobody provides it."""
    provider = _providers.get(name)
    return provider(scope) if provider else _EMPTY[name].empty_table()
