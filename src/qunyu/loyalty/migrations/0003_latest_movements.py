from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0002_vip_bars"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(fields=["programme", "at", "id"], name="loyalty_mov_program_070cc5_idx"),
        ),
    ]
