"""Offers of a release that named one product."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from tests.deployment_copies import Copy
from tests.deployment_fixtures import NOW


def at(name: str) -> Any:
    """The offers' model as it is at a migration, once the database is there too."""
    executor = MigrationExecutor(connection)
    executor.migrate([("offers", name)])
    return executor.loader.project_state([("offers", name)]).apps.get_model("offers", "Offer")


def test_the_product_of_before_is_one_of_the_products(copy: Copy, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock(), copy().connected():
        before = at("0001_offers")
        unit = before._meta.get_field("unit").related_model.objects.first().pk
        for name, product in (("甲", " 白茶  饼"), ("乙", "")):
            before.objects.create(public_id=name, unit_id=unit, name=name, kind="gift", product=product, changed_at=NOW)
        after = at("0002_products")
        assert dict(after.objects.values_list("name", "products")) == {"甲": ["白茶 饼"], "乙": []}
        after.objects.filter(name="甲").update(products=["红茶", "白茶"])
        back = at("0001_offers")
        assert dict(back.objects.values_list("name", "product")) == {"甲": "红茶", "乙": ""}
        at("0002_products")
