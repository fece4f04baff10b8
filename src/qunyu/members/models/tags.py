"""Tags: short words about people, in groups, with who put each on whom, when and why."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id

NAME, FOLDED = 60, 240


class TagSource(models.TextChoices):
    """Where a tag on somebody comes from."""

    HAND = "hand", "手工"
    IMPORT = "import", "导入"
    RULE = "rule", "规则"


class TagGroup(models.Model):
    """Tags of one kind that `unit` made, for the people of that unit and of those below it; of an `exclusive` group a person carries one at most.

    `folded` is the name as names are compared (`rules.tags.folded`).
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT)
    name = models.CharField(max_length=NAME)
    folded = models.CharField(max_length=FOLDED)
    help = models.CharField(max_length=200, blank=True)
    exclusive = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("unit", "folded"), name="tag_group_once"),)


class Tag(models.Model):
    """One tag of a group; `folded` as in groups."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    group = models.ForeignKey(TagGroup, on_delete=models.PROTECT, related_name="tags")
    name = models.CharField(max_length=NAME)
    folded = models.CharField(max_length=FOLDED)
    help = models.CharField(max_length=200, blank=True)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("group", "folded"), name="tag_once_in_group"),)


class Tagging(models.Model):
    """A tag on a person from `at` until `withdrawn_at` (None: still there), by hand, by an import or by a rule.

    It belongs to the member made with an identity (Identity.own_member): merging and un-merging move none. `act` is the public id of
    what was done at once, `withdrawn_act` of what took it off (its own act: that was undone, as if it had never been); `reason` says
    why in the words of whoever did it, "" for nothing said.
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
    withdrawn_act = models.CharField(max_length=PUBLIC_ID_LENGTH, blank=True, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tag", "member", "source"),
                condition=models.Q(withdrawn_at=None),
                name="tagging_once",
            ),
        )
        indexes = (models.Index(fields=("member", "tag")),)


class TagAct(models.Model):
    """What was done to tags at once, and can be undone at once: its public id is the `act` or `withdrawn_act` of the taggings.

    `tag` is the one that was put or taken (None for an import, which puts several), `into` the one it was merged into. `people` is of
    how many people it changed anything, None while a worker is still at it.
    """

    class Kind(models.TextChoices):
        """What was done."""

        PUT = "put"
        TAKE = "take"
        IMPORT = "import"
        RULE = "rule"
        MERGE = "merge"

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, null=True, related_name="+")
    into = models.ForeignKey(Tag, on_delete=models.CASCADE, null=True, related_name="+")
    title = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    people = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    by_name = models.CharField(max_length=120)
    undone_at = models.DateTimeField(null=True)
    undone_by_name = models.CharField(max_length=120, blank=True)
