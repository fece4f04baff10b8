"""The one kind of error that a person gets to read."""

from __future__ import annotations

from qunyu.kernel.words import Words


class DomainError(Exception):
    """Something a person asked for cannot be done; `message` says what is wrong and what to do.

    `code` is stable and for machines, `data` holds the figures behind the message.
    """

    def __init__(self, code: str, message: Words, **data: object) -> None:
        super().__init__(message.en)
        self.code = code
        self.message = message
        self.data = data

    def __str__(self) -> str:
        return str(self.message)
