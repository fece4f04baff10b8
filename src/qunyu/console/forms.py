"""Forms: what was typed, and what is wrong with it, beside each field and on top."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, QueryDict

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied
from qunyu.kernel.words import Words

REQUIRED = Words("请填写这一项", "fill this in")


@dataclass
class Form:
    """`given` is what was typed (kept on errors); `errors` is by field, "" for the form as a whole."""

    given: QueryDict | dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, request: HttpRequest, **first: str) -> Form:
        """The form as posted, or with its first values."""
        return cls(request.POST if request.method == "POST" else dict(first))

    @property
    def top(self) -> str:
        """What is wrong with the form as a whole."""
        return self.errors.get("", "")

    def text(self, name: str) -> str:
        """What was typed, without blanks around it."""
        return str(self.given.get(name, "")).strip()

    def required(self, *names: str) -> bool:
        """Whether all of the fields are filled in; notes those that are not."""
        for name in names:
            if not self.text(name):
                self.errors[name] = str(REQUIRED)
        return not self.errors

    def refuse(self, error: DomainError, name: str = "") -> None:
        """Notes what an action refused.

        Raises Denied again: that is no matter of what was typed.
        """
        if isinstance(error, Denied):
            raise error
        self.errors[name] = str(error.message)
