import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_kol_and_atmosphere"),
    ]

    operations = [
        migrations.CreateModel(
            name="Level",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("depth", models.PositiveSmallIntegerField(unique=True)),
                ("name", models.CharField(max_length=80)),
            ],
            options={
                "ordering": ("depth",),
            },
        ),
        migrations.AddField(
            model_name="apitoken",
            name="permissions",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="unit",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="people.unit"),
        ),
    ]
