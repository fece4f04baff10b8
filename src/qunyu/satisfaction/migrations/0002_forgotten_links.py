from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("satisfaction", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="survey",
            name="forgotten",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
