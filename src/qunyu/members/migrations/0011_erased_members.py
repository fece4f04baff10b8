from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0010_tag_acts"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="erased",
            field=models.BooleanField(default=False),
        ),
    ]
