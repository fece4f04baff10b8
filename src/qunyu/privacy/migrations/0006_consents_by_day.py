from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0019_contact_places"),
        ("privacy", "0005_periods_of_sign_ins"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["at"], name="privacy_con_at_ab5609_idx"),
        ),
    ]
