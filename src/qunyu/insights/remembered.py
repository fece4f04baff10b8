"""Remembered: answers over the lake, kept in this process for as long as nothing they depend on has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from hashlib import sha256
from threading import Lock
from typing import Generic, TypeVar

import pyarrow as pa

from qunyu.events.lake.store import Lake
from qunyu.insights.providers import dimension, state_of
from qunyu.kernel.scope import Scope

Answer = TypeVar("Answer")
KEPT = 32


class Remembered(Generic[Answer]):
    """The last KEPT answers of one kind, by what they were made from: the lake's versions, the dimensions, the scope, the question."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
        self._lock = Lock()

    def get(self, lake: Lake, scope: Scope, question: Hashable, make: Callable[[], Answer]) -> Answer:
        """The answer kept for the same state of everything, else the one that `make` gives."""
        state = (question, *_state(lake, scope))
        with self._lock:
            if state in self._kept:
                self._kept.move_to_end(state)
                return self._kept[state]
        answer = make()
        with self._lock:
            self._kept[state] = answer
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return answer


def _state(lake: Lake, scope: Scope) -> tuple[object, ...]:
    """What an answer depends on besides the question; a table's id tells it from another one made anew in its place."""
    tables = [lake.table(name) for name in ("facts", "activity")]
    versions = tuple((table.metadata().id, table.version()) if table else None for table in tables)
    dimensions = tuple(_digest(dimension(name, scope)) for name in ("communities", "identities"))
    held = tuple(scope.units(permission) for permission in ("orders.view", "communities.view"))
    return (lake.folder, versions, dimensions, state_of("opinions"), held, scope.everything)


def _digest(table: pa.Table) -> bytes:
    found = sha256(str(table.schema).encode())
    for batch in table.combine_chunks().to_batches():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        found.update(sink.getvalue())
    return found.digest()
