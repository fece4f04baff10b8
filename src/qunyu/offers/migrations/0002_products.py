"""An offer names any number of products instead of one."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_several(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    offer: Any = apps.get_model("offers", "Offer")
    for each in offer.objects.exclude(product=""):
        each.products = [" ".join(each.product.split())]
        each.save(update_fields=["products"])


def name_one(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    offer: Any = apps.get_model("offers", "Offer")
    for each in offer.objects.exclude(products=[]):
        each.product = each.products[0][:120]
        each.save(update_fields=["product"])


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0001_offers"),
    ]

    operations = [
        migrations.AddField(model_name="offer", name="products", field=models.JSONField(default=list)),
        migrations.RunPython(name_several, name_one),
        migrations.RemoveField(model_name="offer", name="product"),
    ]
