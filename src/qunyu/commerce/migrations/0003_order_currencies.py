from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0002_currency_in_reference"),
        ("events", "0002_published_tables"),
        ("members", "0011_erased_members"),
        ("people", "0007_sign_in"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["currency"], name="commerce_or_currenc_3a914e_idx"),
        ),
    ]
