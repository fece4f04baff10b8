"""What was said with people one by one, and who decides for whom."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class Standing(models.TextChoices):
    """How a contact stands to the cap: those that are not IN or ANSWER count. A trigger of the database refuses PLANNED ones beyond it."""

    IN = "in", "对方联系我们"
    ANSWER = "answer", "回复"
    WITHIN = "within", "手记"
    OVER = "over", "手记，超出上限"
    PLANNED = "planned", "经过上限"
    PASSED = "passed", "破例"
    BEFORE = "before", "设上限之前"


class Contact(models.Model):
    """A touch with one person; of the member made with an identity, so that merging moves nothing. Only members.contacting makes one.

    `staff` is the account that wrote it, None once that is gone or where the system did; `feature` what it came from.
    A planned one carries the cap that held (at most `most` after `since`, and so of those that sell); `why` says why the cap was passed.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="contacts")
    at = models.DateTimeField()
    channel = models.CharField(max_length=10)
    direction = models.CharField(max_length=3)
    summary = models.TextField()
    result = models.CharField(max_length=200, blank=True)
    staff = models.ForeignKey("people.Staff", on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=120)
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    standing = models.CharField(max_length=7, choices=Standing.choices)
    selling = models.BooleanField(default=False)
    feature = models.CharField(max_length=20, default="hand")
    why = models.CharField(max_length=200, blank=True)
    most = models.SmallIntegerField(null=True)
    since = models.DateTimeField(null=True)
    selling_most = models.SmallIntegerField(null=True)
    selling_since = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("member", "at")),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(direction="in", standing="in")
                | models.Q(direction="out") & ~models.Q(standing__in=("in", "")),
                name="contact_stands",
            ),
            models.CheckConstraint(
                condition=~models.Q(standing="planned")
                | models.Q(
                    most__gte=1, most__lte=20, since__isnull=False, selling_most__gte=0, selling_most__lte=20,
                    selling_since__isnull=False,
                ),
                name="contact_planned_under_a_cap",
            ),
            models.CheckConstraint(condition=~models.Q(standing="passed", why=""), name="contact_passed_with_reason"),
            models.CheckConstraint(condition=~models.Q(standing="answer", selling=True), name="contact_answer_not_selling"),
        )  # fmt: skip


class Quiet(models.Model):
    """Somebody who is not to be contacted, from `at` until the day `until` (None: for good), unless it was ended.

    Of the member made with an identity, as contacts are.
    """

    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="quiet")
    reason = models.CharField(max_length=10)
    note = models.CharField(max_length=200, blank=True)
    until = models.DateField(null=True)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=120, blank=True)


class Link(models.Model):
    """`decider` decides for `user`, who uses what is bought; both of members made with an identity, as contacts are."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    decider = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="links_as_decider")
    user = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="links_as_user")
    kind = models.CharField(max_length=10)
    since = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("decider", "user"), name="link_once"),
            models.CheckConstraint(condition=~models.Q(decider=models.F("user")), name="link_of_two"),
        )
