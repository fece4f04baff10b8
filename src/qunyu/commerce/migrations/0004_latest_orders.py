from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0003_order_currencies"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["unit", "ordered_at"], name="commerce_or_unit_id_14e2a9_idx"),
        ),
    ]
