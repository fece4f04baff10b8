"""Tags: short words about people, in groups, with who put each on whom, when and why."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class TagSource(models.TextChoices):
    """Where a tag on somebody comes from."""

    HAND = "hand", "手工"
    IMPORT = "import", "导入"
    RULE = "rule", "规则"


class TagGroup(models.Model):
    """Tags of one kind that `unit` made, for the people of that unit and of those below it; of an `exclusive` group a person carries one at most."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    help = models.CharField(max_length=200, blank=True)
    exclusive = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("unit", "name"), name="tag_group_once"),)


class Tag(models.Model):
    """One tag of a group."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    group = models.ForeignKey(TagGroup, on_delete=models.PROTECT, related_name="tags")
    name = models.CharField(max_length=60)
    help = models.CharField(max_length=200, blank=True)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("group", "name"), name="tag_once_in_group"),)


class Tagging(models.Model):
    """A tag on a person from `at` until `withdrawn_at` (None: still there), by hand, by an import or by a rule.

    It belongs to the member made with an identity (Identity.own_member): merging and un-merging move none. `act` is the public id of
    what was done at once; `reason` says why in the words of whoever did it, "" for nothing said.
    """

    act = models.CharField(max_length=PUBLIC_ID_LENGTH, db_index=True)
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="taggings")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="taggings")
    source = models.CharField(max_length=6, choices=TagSource.choices)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    by_name = models.CharField(max_length=120)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tag", "member", "source"),
                condition=models.Q(withdrawn_at=None),
                name="tagging_once",
            ),
        )
        indexes = (models.Index(fields=("member", "tag")),)
