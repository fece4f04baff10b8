"""The API's own description of itself (OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from qunyu.api.errors import MEDIA_TYPE
from qunyu.api.idempotency import HEADER
from qunyu.api.problems import Problem

_PROBLEM = {
    "description": "what is wrong (RFC 9457)",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_LANGUAGE = {
    "in": "header",
    "name": "Accept-Language",
    "description": "zh or en; words in the answer come in it",
    "required": False,
    "schema": {"type": "string"},
}
_KEY = {
    "in": "header",
    "name": HEADER,
    "description": "a key of your own: within 24 hours the same request under it is answered again, not done again",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


class DescribedAPI(NinjaAPI):
    """A NinjaAPI whose description tells of problem documents, languages and idempotency keys."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """The OpenAPI document."""
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = document["components"]["schemas"]
        schemas.update(schema.pop("$defs"))
        schemas["Problem"] = schema
        for operations in document["paths"].values():
            for method, operation in operations.items():
                _complete(method, operation)
        return document


def _complete(method: str, operation: dict[str, Any]) -> None:
    operation["responses"]["default"] = _PROBLEM
    operation["parameters"].append(_LANGUAGE)
    if method != "get":
        operation["parameters"].append(_KEY)
