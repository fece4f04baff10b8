from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0009_tags"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="erased",
            field=models.BooleanField(default=False),
        ),
    ]
