"""Segments as they are kept, their snapshots, sizes and the tags that follow them."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class Segment(models.Model):
    """A named condition (rules.shape) about the people of `unit` and of the units below it."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    note = models.CharField(max_length=400, blank=True)
    condition = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("unit", "name"), name="segment_once"),)

    def __str__(self) -> str:
        return self.name


class SegmentVersion(models.Model):
    """What a segment was called and asked before it was changed at `until`."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions")
    name = models.CharField(max_length=60)
    note = models.CharField(max_length=400, blank=True)
    condition = models.JSONField()
    until = models.DateTimeField()
    by_name = models.CharField(max_length=120)


class SegmentSize(models.Model):
    """How many of the `people` of the segment's unit were in it, counted on `day` of the deployment's zone."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="sizes")
    day = models.DateField()
    size = models.BigIntegerField()
    people = models.BigIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("segment", "day"), name="segment_size_once_a_day"),)


class SegmentSnapshot(models.Model):
    """Who was in a segment at one moment, as far as whoever took it could see; why, in their words."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="snapshots")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120)
    # Who took it (Actor.key); "" where that was not kept yet.
    by_key = models.CharField(max_length=40, blank=True, default="")
    why = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField()
    # The condition as it was, and the permissions that reading its outcome takes.
    condition = models.JSONField()
    needs = models.JSONField(default=list)


class SnapshotMember(models.Model):
    """Somebody in a snapshot, by the member made with an identity: merging and un-merging move none."""

    snapshot = models.ForeignKey(SegmentSnapshot, on_delete=models.CASCADE, related_name="people")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("snapshot", "member"), name="snapshot_member_once"),)


class TagRule(models.Model):
    """Puts `tag` on whoever is in `segment` and takes it off others, every night and when asked; one rule for a tag."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="rules")
    tag = models.OneToOneField("members.Tag", on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    applied_at = models.DateTimeField(null=True)
    came = models.BigIntegerField(default=0)
    went = models.BigIntegerField(default=0)
