"""The tables of communities, of who runs them, and of the work that somebody noted down."""

from __future__ import annotations

from django.db import models

from qunyu.events.queries import shown
from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id
from qunyu.kernel.platform_ids import readable_id
from qunyu.kernel.scope import Scope


class CommunityType(models.TextChoices):
    """The six types of method.md P1 and P2; empty when nobody has said yet."""

    UNKNOWN = "", "未设定"
    LEAD = "lead", "引流群"
    WELFARE = "welfare", "福利群"
    FLASH = "flash", "快闪群"
    SHARING = "sharing", "分享型"
    SALES = "sales", "销售导向"
    ENABLING = "enabling", "赋能型"


class CommunityQuerySet(models.QuerySet["Community"]):
    """Communities as somebody may see them."""

    def shown(self) -> CommunityQuerySet:
        """Without those of imports that are not finished or were undone."""
        return self.filter(shown("supplied_by"))

    def visible_to(self, scope: Scope, permission: str = "communities.view") -> CommunityQuerySet:
        """The shown ones in units where `permission` holds."""
        shown = self.shown()
        return shown if scope.everything else shown.filter(unit_id__in=scope.units(permission))


class Community(models.Model):
    """A group on a platform; (`platform`, `key`) is the platform's own name for it.

    A direct chat is named by the other's id: `key` is then the keyed hash of that, which `sealed` holds encrypted.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT)
    platform = models.CharField(max_length=20)
    key = models.CharField(max_length=255)
    sealed = models.TextField(blank=True, default="")
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=20, choices=CommunityType.choices, blank=True, default="")
    theme = models.CharField(max_length=60, blank=True, default="")
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    supplied_by = models.ForeignKey("events.Import", on_delete=models.SET_NULL, null=True)

    objects = CommunityQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("platform", "key"), name="community_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def readable_key(self) -> str | None:
        """The key as the platform has it; None where it was sealed under another key."""
        return readable_id(self.key, self.sealed)


class DutyKind(models.TextChoices):
    """What somebody is in a community by office (method.md O1); only owners and admins carry it."""

    OWNER = "owner", "群主"
    ADMIN = "admin", "管理员"
    KOL = "kol", "KOL"
    ATMOSPHERE = "atmosphere", "气氛组"


class Duty(models.Model):
    """`staff` holds the office `kind` in `community` from the day `since` to the day `until` (None: still), both included."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="duties")
    staff = models.ForeignKey("people.Staff", on_delete=models.CASCADE, related_name="duties")
    kind = models.CharField(max_length=12, choices=DutyKind.choices)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "staff", "kind"), condition=models.Q(until=None), name="duty_running_once"
            ),
        )


class WorkEntry(models.Model):
    """`minutes` of work of the kind `kind` (communities.work_kinds) that `staff` noted down for a day, in a community or in none."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    staff = models.ForeignKey("people.Staff", on_delete=models.CASCADE, related_name="work")
    community = models.ForeignKey(Community, on_delete=models.SET_NULL, null=True, related_name="work")
    day = models.DateField()
    minutes = models.SmallIntegerField()
    kind = models.CharField(max_length=20)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(minutes__gte=1, minutes__lte=1440), name="work_within_a_day"),
        )
        indexes = (models.Index(fields=("staff", "-day")),)
