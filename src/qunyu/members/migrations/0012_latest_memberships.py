from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communities", "0002_duties_and_work"),
        ("members", "0011_erased_members"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["-last_at"], name="members_mem_last_at_911833_idx"),
        ),
    ]
