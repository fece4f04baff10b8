"""Units of the organisation tree, staff, their roles and grants, and API tokens."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id
from qunyu.kernel.scope import PERMISSIONS
from qunyu.kernel.words import Words
from qunyu.people.rules import BUILT_IN_ROLES

# Levels of the tree, the top included: as many as the columns for paths hold.
DEEPEST = 12


class Level(models.Model):
    """What the units `depth` steps below the top are called: 大区, 门店."""

    depth = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ("depth",)

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A place in the organisation tree; `path` lists the ids from the root down: /1/4/9/."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    name = models.CharField(max_length=80)
    path = models.CharField(max_length=255, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("parent", "name"), name="unit_name_once_per_parent"),
            models.UniqueConstraint(fields=("name",), condition=models.Q(parent=None), name="unit_root_name_once"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """Steps below the top, which has 0."""
        return self.path.count("/") - 2


class UnitSetting(models.Model):
    """A number that `unit` and the units below it go by, unless one of these says otherwise."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="settings")
    key = models.CharField(max_length=60)
    value = models.FloatField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("unit", "key"), name="unit_setting_once"),)


class StaffManager(BaseUserManager["Staff"]):
    """Finds staff by user name for Django's sign-in."""


class Staff(AbstractBaseUser):
    """Somebody who signs in."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    language = models.CharField(max_length=2, choices=(("zh", "中文"), ("en", "English")), default="zh")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    # Set by somebody else: they choose their own when they next sign in.
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    objects = StaffManager()

    def __str__(self) -> str:
        return self.name


class SignInRules(models.Model):
    """What signing in takes in this deployment: one row, made by the migrations. 0 days: a password does not grow old.

    `remembered` counts the passwords, the present one among them, that may not be chosen again.
    """

    min_length = models.PositiveSmallIntegerField(default=10)
    password_days = models.PositiveIntegerField(default=0)
    remembered = models.PositiveSmallIntegerField(default=0)
    second_factor = models.CharField(max_length=10, default="nobody")
    idle_minutes = models.PositiveIntegerField(default=7 * 24 * 60)
    lifetime_hours = models.PositiveIntegerField(default=14 * 24)


class PastPassword(models.Model):
    """The hash of a password that `staff` had, kept as long as the rules look back."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="past_passwords")
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField()


class SecondFactor(models.Model):
    """The secret that somebody's authenticator app shares with us (sealed); it counts once `confirmed_at` is set.

    `last_step` is the time step (RFC 6238) of the last code that was accepted: no code counts twice.
    """

    staff = models.OneToOneField(Staff, on_delete=models.CASCADE, related_name="second_factor")
    secret = models.CharField(max_length=200)
    last_step = models.BigIntegerField(default=0)
    begun_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A code for whoever lost the app: keyed hash only, gone once it is used."""

    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("factor", "digest"), name="recovery_code_once"),)


class StaffSession(models.Model):
    """Somebody signed in at one browser. `strong` says that a second factor was given, `rules` are the deployment's."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="sessions")
    rules = models.ForeignKey(SignInRules, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=10)
    strong = models.BooleanField(default=False)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, db_index=True)


class ExternalIdentity(models.Model):
    """`staff` as the company's own sign-in (OpenID Connect) knows them: (issuer, subject)."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="external_identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("issuer", "subject"), name="external_identity_once"),
            models.UniqueConstraint(fields=("staff", "issuer"), name="external_identity_once_per_issuer"),
        )


class Role(models.Model):
    """A named set of permissions (codes of kernel.scope.PERMISSIONS); those of a built-in role are what rules.py says."""

    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    permissions = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> Words:
        """What people call it."""
        return Words(self.name_zh, self.name_en)

    @property
    def built_in(self) -> bool:
        """Whether it comes with the product."""
        return self.code in BUILT_IN_ROLES

    @property
    def held(self) -> tuple[str, ...]:
        """The permissions it gives now, in the order of PERMISSIONS."""
        given = BUILT_IN_ROLES[self.code][1] if self.built_in else self.permissions
        return tuple(each for each in PERMISSIONS if each in given)


class Grant(models.Model):
    """`staff` holds `role` at `unit` and everywhere below it."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("staff", "role", "unit"), name="grant_once"),)


class ApiToken(models.Model):
    """A key for programs: acts with its owner's grants; only its SHA-256 is kept.

    `permissions` and `unit` narrow it to these permissions, and to this unit and all below it; None for all that its owner may.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    permissions = models.JSONField(null=True)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    @property
    def limits(self) -> list[Words]:
        """The permissions it is limited to, by name; empty for none but its owner's."""
        return [words for code, words in PERMISSIONS.items() if code in (self.permissions or ())]
