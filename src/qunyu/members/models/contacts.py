"""What was said with people one by one, and who decides for whom."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class Contact(models.Model):
    """A touch with one person, noted by hand; of the member made with an identity, so that merging moves nothing.

    `staff` is the account that wrote it, None once that is gone or where the system did.
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

    class Meta:
        indexes = (models.Index(fields=("member", "at")),)


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
