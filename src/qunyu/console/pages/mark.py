"""The product's mark, for browsers that ask for it where no page named it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static

from qunyu.console.asking import open_to_all


@open_to_all
def favicon(request: HttpRequest) -> HttpResponse:
    """Where the mark is."""
    return redirect(static("console/qunyu.svg"))
