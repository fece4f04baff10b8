"""The shape of a problem document, as the API's description shows it."""

from __future__ import annotations

from ninja import Field, Schema


class FieldError(Schema):
    """One field that is wrong: where it is, a stable code, and what to do in words."""

    field: str = Field(description="where it is: a parameter's or field's name, levels joined by a dot")
    code: str
    message: str


class Problem(Schema):
    """What is wrong (RFC 9457)."""

    type: str = Field(description="urn:qunyu:problem:<code>")
    title: str
    status: int
    detail: str = Field(description="what is wrong and what to do, in the language of Accept-Language")
    code: str = Field(description="stable, for programs")
    errors: list[FieldError]
