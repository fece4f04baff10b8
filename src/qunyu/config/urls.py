"""Every address the deployment answers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("qunyu.api.urls")),
    path("m/", include("qunyu.h5.urls")),
    path("", include("qunyu.console.urls")),
]
