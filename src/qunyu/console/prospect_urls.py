"""The addresses of prospects: who can be converted now, and who costs more than they bring."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from qunyu.console.pages import prospect, prospect_settings, prospects, worth

form = require_http_methods(("GET", "HEAD", "POST"))
page = require_http_methods(("GET", "HEAD"))

urlpatterns = [
    path("prospects", page(prospects.show_prospects), name="prospects"),
    path("prospects/worth", page(worth.show_worth), name="worth"),
    path("prospects/renew", require_POST(prospects.renew_prospects), name="prospects_renew"),
    path("prospects/<slug:unit_id>/settings", form(prospect_settings.edit_settings), name="prospect_settings"),
    path("prospects/<slug:unit_id>/people/<slug:public_id>", form(prospect.show_prospect), name="prospect"),
]
