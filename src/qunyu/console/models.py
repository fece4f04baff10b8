"""Failed sign-ins, kept as long as they count."""

from __future__ import annotations

from django.db import models


class SignInFailure(models.Model):
    """One wrong password: `name` is the SHA-256 (hex) of what was typed as user name, `address` where it came from."""

    name = models.CharField(max_length=64)
    address = models.CharField(max_length=45)
    at = models.DateTimeField(db_index=True)
