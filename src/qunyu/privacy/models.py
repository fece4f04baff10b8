"""Requests of people about their data, receipts, the stop list, consents, and periods of keeping."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class RequestKind(models.TextChoices):
    """What somebody asks for."""

    EXPORT = "export", "导出"
    ERASURE = "erasure", "删除"


class RequestState(models.TextChoices):
    """Where a request stands."""

    OPEN = "open", "待处理"
    WORKING = "working", "进行中"
    DONE = "done", "已完成"
    REFUSED = "refused", "已拒绝"


class Request(models.Model):
    """Somebody asks for their data, or for these to be erased; `member` is None once an undone import took the rest of them too.

    `asker` says who asked, `channel` how, `checked` how it was made sure that it is them. `sealed` holds what names the person
    while an erasure is at work and "" before and after; `steps` is holder -> counts of what an erasure has done so far. An export's
    file lies in the data folder until `expires_at`.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    kind = models.CharField(max_length=8, choices=RequestKind.choices)
    state = models.CharField(max_length=8, choices=RequestState.choices, default=RequestState.OPEN, db_index=True)
    member = models.ForeignKey("members.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    asker = models.CharField(max_length=10)
    channel = models.CharField(max_length=10)
    checked = models.CharField(max_length=10)
    note = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    by = models.CharField(max_length=40)
    by_name = models.CharField(max_length=120)
    reason = models.CharField(max_length=200, blank=True)
    kept = models.JSONField(default=list)
    sealed = models.TextField(blank=True)
    steps = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at", "-id")


class Receipt(models.Model):
    """Proof of an erasure: `body` holds counts and no personal data, `signature` is made with the deployment's key."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="receipt")
    at = models.DateTimeField()
    body = models.JSONField()
    signature = models.CharField(max_length=64)

    class Meta:
        ordering = ("-at", "-id")


class Stopped(models.Model):
    """The keyed hash of an id that imports must not bring back; it holds while `lifted_at` is None."""

    digest = models.CharField(max_length=64, db_index=True)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="stopped")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("request", "digest"), name="stopped_once"),)


class Period(models.Model):
    """How many days a kind of data (kernel.personal.kinds) is kept; a kind without a row is kept for good."""

    kind = models.CharField(max_length=30, unique=True)
    days = models.IntegerField()
    set_at = models.DateTimeField()
    by_name = models.CharField(max_length=120)


class PeriodRun(models.Model):
    """One time a period was enforced: what was older than `before` went, `removed` counts it."""

    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    before = models.DateTimeField()
    removed = models.BigIntegerField()

    class Meta:
        ordering = ("-at", "-id")


class ConsentState(models.TextChoices):
    """What somebody said to a purpose."""

    GRANTED = "granted", "同意"
    REFUSED = "refused", "拒绝"
    WITHDRAWN = "withdrawn", "撤回"


class Purpose(models.Model):
    """What data may be used for, when people agree: made by `unit` for its people and those of the units below it; retired once `archived_at`."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT)
    key = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    archived_at = models.DateTimeField(null=True)


class Consent(models.Model):
    """What somebody said to a `purpose` (a key), when and where, to which `wording`; the latest counts, withdrawal where two are equal.

    It belongs to the member made with an identity (Identity.own_member): merging and un-merging move none.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40)
    state = models.CharField(max_length=9, choices=ConsentState.choices)
    source = models.CharField(max_length=10)
    wording = models.CharField(max_length=40, blank=True)
    evidence = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120)
    written_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("member", "purpose", "at")),
            models.Index(fields=("purpose", "state")),
            models.Index(fields=("at",)),
        )


class AccessEntry(models.Model):
    """A look at people (privacy.viewing): one for each account, page and ten minutes (`slot`). Append-only, kept for a period.

    `person` is the public id that stood in the address, `object` that of something else there; `searched` the keyed hash of what was
    searched for. `shown` is how many were found, None where that is not known.
    """

    at = models.DateTimeField(db_index=True)
    slot = models.BigIntegerField()
    actor = models.CharField(max_length=40)
    actor_name = models.CharField(max_length=120)
    via = models.CharField(max_length=7, choices=(("console", "控制台"), ("api", "API")))
    page = models.CharField(max_length=30)
    person = models.CharField(max_length=64, blank=True, db_index=True)
    object = models.CharField(max_length=64, blank=True)
    searched = models.CharField(max_length=64, blank=True)
    shown = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("actor", "slot", "page", "via", "person", "object", "searched"), name="access_once_a_slot"
            ),
        )
