"""The addresses of the API, to be included at /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, include, path, re_path

from qunyu.api import errors
from qunyu.api.auth import Session, Token
from qunyu.api.frame import framed, framed_pattern, unknown_address
from qunyu.api.idempotency import repeatable
from qunyu.api.looks import noted
from qunyu.api.openapi import DescribedAPI
from qunyu.api.routes import (
    audit,
    behind,
    board,
    care,
    communities,
    consents,
    contacting,
    duties,
    effort,
    growth,
    health,
    imports,
    labels,
    leaving,
    levels,
    members,
    merging,
    metrics,
    offers,
    opinion_imports,
    orders,
    organisation,
    people,
    points,
    privacy,
    profile_imports,
    profiles,
    prospects,
    reports,
    rewards,
    roster,
    satisfaction,
    segments,
    signing,
    staff,
    tag_imports,
    tags,
    tokens,
    vip,
    work,
)

api = DescribedAPI(
    title="Qunyu",
    version="1",
    description="Communities, people, orders, imports and figures of a Qunyu deployment. See docs/api.md.",
    urls_namespace="api",
    auth=[Token(), Session()],
)
errors.install(api)
api.add_decorator(repeatable)
api.add_decorator(noted)
for noun in (
    people,
    organisation,
    staff,
    tokens,
    metrics,
    board,
    communities,
    members,
    profiles,
    merging,
    profile_imports,
    tags,
    tag_imports,
    labels,
    reports,
    orders,
    imports,
    behind,
    growth,
    leaving,
    health,
    signing,
    duties,
    effort,
    work,
    satisfaction,
    opinion_imports,
    points,
    levels,
    rewards,
    vip,
    segments,
    prospects,
    offers,
    privacy,
    consents,
    roster,
    audit,
    contacting,
    care,
):
    api.add_router("", noun.router)

_operations, _app, _namespace = api.urls
_framed = [framed_pattern(each) for each in _operations if isinstance(each, URLPattern)]
_rest = re_path(r"^(?P<rest>.*)$", framed(unknown_address))

urlpatterns = [path("", include(([*_framed, _rest], _app), namespace=_namespace))]
