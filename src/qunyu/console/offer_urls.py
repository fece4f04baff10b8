"""The addresses of offers and of what each kind of member prefers."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from qunyu.console.pages import giving, offer, offers, preferences

form = require_http_methods(("GET", "HEAD", "POST"))
page = require_http_methods(("GET", "HEAD"))

urlpatterns = [
    path("offers", page(offers.show_offers), name="offers"),
    path("offers/new", form(offers.new_offer), name="offer_new"),
    path("offers/import", require_POST(offers.import_offers), name="offers_import"),
    path("offers/preferences", page(preferences.show_preferences), name="preferences"),
    path("offers/<slug:public_id>", form(offer.show_offer), name="offer"),
    path("offers/<slug:public_id>/edit", form(offers.edit_offer), name="offer_edit"),
    path("offers/<slug:public_id>/give", form(offer.give), name="offer_give"),
    path("offers/<slug:public_id>/givings/<slug:giving_id>", page(giving.show_giving), name="giving"),
    path(
        "offers/<slug:public_id>/givings/<slug:giving_id>/take-back",
        form(giving.take_back),
        name="giving_take_back",
    ),
]
