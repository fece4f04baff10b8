from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0001_requests_consents_periods"),
    ]

    operations = [
        migrations.AddField(
            model_name="purpose",
            name="archived_at",
            field=models.DateTimeField(null=True),
        ),
    ]
