"""The addresses of the members' pages: whoever has the link may open one, signed in nowhere."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_http_methods

from qunyu.h5 import survey

app_name = "h5"

urlpatterns = [
    path("s/<str:link>", require_http_methods(("GET", "HEAD", "POST"))(survey.show_survey), name="survey"),
]
