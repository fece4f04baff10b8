from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communities", "0002_duties_and_work"),
    ]

    operations = [
        migrations.AddField(
            model_name="community",
            name="sealed",
            field=models.TextField(blank=True, default=""),
        ),
    ]
