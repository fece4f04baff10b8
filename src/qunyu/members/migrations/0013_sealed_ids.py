from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communities", "0002_duties_and_work"),
        ("events", "0002_published_tables"),
        ("members", "0012_latest_memberships"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="identity",
            name="identity_once",
        ),
        migrations.AddField(
            model_name="identity",
            name="sealed",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="mark",
            name="sealed",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.UniqueConstraint(
                condition=models.Q(("community", None)), fields=("key", "platform"), name="identity_once"
            ),
        ),
    ]
