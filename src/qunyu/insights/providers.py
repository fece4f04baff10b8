"""Providers: the packages above give the dimensions that every lake query joins; without one there are no rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import pyarrow as pa

from qunyu.kernel.scope import Scope

Provider = Callable[[Scope], pa.Table]

_providers: dict[str, Provider] = {}
_states: dict[str, Callable[[], Hashable]] = {}

COMMUNITIES = pa.schema(
    [
        ("community", pa.int64()),
        ("unit", pa.int64()),
        *((name, pa.string()) for name in ("platform", "type", "theme", "name")),
        *((name, pa.date32()) for name in ("opened_on", "closed_on")),
    ]
)
IDENTITIES = pa.schema([("identity", pa.int64()), ("member", pa.int64()), ("role", pa.string())])
# What people said of us, each on the deployment's day, with its kind, a score of 0 to 100, and how likely they would recommend us (0 to 10; NULL: not asked).
OPINIONS = pa.schema(
    [
        ("member", pa.int64()),
        ("day", pa.date32()),
        ("score", pa.int64()),
        ("kind", pa.string()),
        ("likely", pa.int64()),
    ]
)
_EMPTY = {"communities": COMMUNITIES, "identities": IDENTITIES, "opinions": OPINIONS}


def provide(name: str, provider: Provider, state: Callable[[], Hashable] | None = None) -> None:
    """Registers the provider of "communities", "identities" or "opinions"; the last one counts. `state` differs whenever its table does."""
    _providers[name] = provider
    if state is not None:
        _states[name] = state


def state_of(name: str) -> Hashable:
    """What differs whenever the dimension does, for less than reading it; None when nobody provides it."""
    state = _states.get(name) if name in _providers else None
    return state() if state else None


def dimension(name: str, scope: Scope) -> pa.Table:
    """The dimension under `scope`; empty when nobody provides it."""
    provider = _providers.get(name)
    return provider(scope) if provider else _EMPTY[name].empty_table()
