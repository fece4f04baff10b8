"""Calling: somebody who asks the API, and what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

ROOT = "/api/v1"


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass
class Caller:
    """Asks the API; with a `secret` as the bearer of that token, else under the client's session."""

    client: Client
    secret: str = ""
    headers: dict[str, str] = field(default_factory=lambda: {"Accept-Language": "en"})

    def ask(self, method: str, path: str, data: Any = None, **options: Any) -> Answer:
        """Sends the request; `data` goes as JSON, `form` as multipart; other options are headers (a_b is A-B)."""
        form = options.pop("form", None)
        headers = {**self.headers, **{name.replace("_", "-"): value for name, value in options.items()}}
        if self.secret:
            headers["Authorization"] = f"Bearer {self.secret}"
        address = path if path.startswith("/api/") else f"{ROOT}{path}"
        sent: dict[str, Any] = {"headers": headers}
        if form is not None:
            sent["data"] = form
        elif data is not None:
            sent |= {"data": json.dumps(data), "content_type": "application/json"}
        response = getattr(self.client, method)(address, **sent)
        body = (
            json.loads(response.content)
            if "json" in response["Content-Type"] and response.content
            else response.content
        )
        return Answer(response.status_code, body, dict(response.headers))

    def get(self, path: str, **options: Any) -> Answer:
        """GET."""
        return self.ask("get", path, **options)

    def all_of(self, path: str) -> list[Any]:
        """The rows of every page, following the links."""
        rows: list[Any] = []
        following: str | None = path
        while following:
            answer = self.get(following)
            assert answer.status == 200, answer.body
            rows += answer.body["items"]
            following = answer.body["next"]
        return rows


As = Callable[..., Caller]
TokenOf = Callable[..., str]
