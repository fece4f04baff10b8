"""Members, identities and memberships."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id
from qunyu.kernel.platform_ids import masked_id, opened_id, readable_id
from qunyu.members.models.contacts import Contact as Contact
from qunyu.members.models.contacts import Link as Link
from qunyu.members.models.contacts import Quiet as Quiet
from qunyu.members.models.contacts import Standing as Standing
from qunyu.members.models.importing import ProfileImport as ProfileImport
from qunyu.members.models.merging import MergeDecision as MergeDecision
from qunyu.members.models.merging import Verdict as Verdict
from qunyu.members.models.profile import Field as Field
from qunyu.members.models.profile import ProfileEntry as ProfileEntry
from qunyu.members.models.suggesting import Suggestion as Suggestion
from qunyu.members.models.tags import Tag as Tag
from qunyu.members.models.tags import TagAct as TagAct
from qunyu.members.models.tags import Tagging as Tagging
from qunyu.members.models.tags import TagGroup as TagGroup
from qunyu.members.models.tags import TagSource as TagSource


class MemberRole(models.TextChoices):
    """What somebody is in a community; only ordinary members enter the figures about members' talk."""

    MEMBER = "member", "成员"
    STAFF = "staff", "运营人员"
    ATMOSPHERE = "atmosphere", "气氛组"
    BOT = "bot", "机器人"


class Member(models.Model):
    """One person over all platforms; `erased` is what is left of somebody whose data were erased: counted, never shown."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    name = models.CharField(max_length=255)
    role = models.CharField(max_length=12, choices=MemberRole.choices, default=MemberRole.MEMBER)
    erased = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=("name",)),)

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """A person as one platform knows them: (platform, stable id), or a display name within one `community`.

    `key` is the name, or the keyed hash of the stable id, which `sealed` holds encrypted (kernel.platform_ids). `member` is the
    person it belongs to now, `own_member` the one made with it: the two differ while a mark shows that somebody else is the
    same person.
    """

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="identities")
    own_member = models.OneToOneField(Member, on_delete=models.PROTECT, related_name="own_identity")
    platform = models.CharField(max_length=20)
    community = models.ForeignKey("communities.Community", on_delete=models.CASCADE, null=True)
    key = models.CharField(max_length=255)
    sealed = models.TextField(blank=True, default="")
    name = models.CharField(max_length=255)
    supplied_by = models.ForeignKey("events.Import", on_delete=models.SET_NULL, null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("key", "platform"), condition=models.Q(community=None), name="identity_once"
            ),
            models.UniqueConstraint(
                fields=("community", "key"), condition=~models.Q(community=None), name="identity_name_once"
            ),
        )

    @property
    def clear_key(self) -> str:
        """The stable id or the name as the platform has it: for matching, erasure and whoever may read ids."""
        return opened_id(self.key, self.sealed)

    @property
    def readable_key(self) -> str | None:
        """As `clear_key`; None where it was sealed under another key."""
        return readable_id(self.key, self.sealed)

    @property
    def shown_key(self) -> str:
        """The name, or as much of the stable id as anybody may see: of one sealed under another key nothing (see `unreadable`)."""
        return masked_id(self.readable_key or "") if self.sealed else self.key

    @property
    def unreadable(self) -> bool:
        """Whether the stable id was sealed under another key."""
        return self.readable_key is None


class Mark(models.Model):
    """What tells that two identities are one person: the keyed hash of a phone number, or of a union id, which `sealed` holds encrypted."""

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=8, choices=(("phone", "手机号"), ("union", "UnionID")))
    value = models.CharField(max_length=120, db_index=True)
    sealed = models.TextField(blank=True, default="")
    supplied_by = models.ForeignKey("events.Import", on_delete=models.CASCADE, null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("identity", "kind", "value", "supplied_by"), name="mark_once_per_import"),
        )


class Membership(models.Model):
    """An identity in a community, recomputed from the facts after every change of them.

    `joined_at` is None where nobody saw them come, `left_at` where nobody saw them go. `messages` counts what they said.
    """

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="memberships")
    community = models.ForeignKey("communities.Community", on_delete=models.CASCADE, related_name="memberships")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    messages = models.BigIntegerField(default=0)
    active_days = models.IntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("identity", "community"), name="membership_once"),)
        indexes = (models.Index(fields=("community", "-last_at")), models.Index(fields=("-last_at",)))


class Label(models.Model):
    """What a label says of a member now (insights.label): the number of the `rule` that decided, and its `figures` (JSON).

    `unit_id` is the unit whose thresholds hold, `since` the day of data on which it first said so.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="labels")
    key = models.CharField(max_length=30)
    value = models.CharField(max_length=30)
    rule = models.SmallIntegerField()
    figures = models.TextField()
    unit_id = models.BigIntegerField()
    since = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("member", "key"), name="label_once"),)
        indexes = (models.Index(fields=("key", "value", "member")),)


class PastLabel(models.Model):
    """What a label said of a member from `since` until it said something else, on `until` (not included)."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="past_labels")
    key = models.CharField(max_length=30)
    value = models.CharField(max_length=30)
    rule = models.SmallIntegerField()
    figures = models.TextField()
    unit_id = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField()


class LabelRun(models.Model):
    """One computation of labels: when, over data up to which day, of how many people (None: everybody), and what it changed."""

    at = models.DateTimeField()
    as_of = models.DateField()
    people = models.BigIntegerField(null=True)
    changed = models.BigIntegerField()


class StaffLink(models.Model):
    """The chat person `member` is the account `staff`: what they say in communities is that account's effort."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="staff_link")
    staff = models.ForeignKey("people.Staff", on_delete=models.CASCADE, related_name="chat_people")
    linked_at = models.DateTimeField()
