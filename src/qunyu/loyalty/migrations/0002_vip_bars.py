from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0001_loyalty"),
    ]

    operations = [
        migrations.AddField(
            model_name="vipcommunity",
            name="bars",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="vipcommunity",
            name="every",
            field=models.BooleanField(default=False),
        ),
    ]
