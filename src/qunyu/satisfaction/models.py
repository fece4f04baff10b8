"""What people say of us: opinions with a score, complaints with what became of them, and the surveys that ask."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class SurveyState(models.TextChoices):
    """Where a survey stands."""

    DRAFT = "draft", "草稿"
    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束"


class Survey(models.Model):
    """A few questions of `unit` (see rules.questions); `token` is in the link for everybody, "" where each has a link of their own only.

    `forgotten` counts the links nobody answered that went with their age: figures count them.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT)
    title = models.CharField(max_length=60)
    intro = models.CharField(max_length=300, blank=True)
    thanks = models.CharField(max_length=200, blank=True)
    questions = models.JSONField()
    state = models.CharField(max_length=6, choices=SurveyState.choices, default=SurveyState.DRAFT)
    token = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, null=True)
    by_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    forgotten = models.PositiveIntegerField(default=0)


class Ask(models.Model):
    """A survey put to one person by a link of their own, good until `until`; of the member made with an identity (ADR 9)."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="asks")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()
    by_name = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("survey", "member"), name="ask_once"),)


class Reply(models.Model):
    """One set of answers, by question; `ask` is None where it came over the link for everybody. `score` is 0 to 100, None where nothing was rated."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="replies")
    ask = models.OneToOneField(Ask, on_delete=models.CASCADE, null=True, related_name="reply")
    answers = models.JSONField()
    score = models.SmallIntegerField(null=True)
    at = models.DateTimeField()


class OpinionKind(models.TextChoices):
    """What somebody said of us."""

    RATING = "rating", "评分"
    SURVEY = "survey", "问卷"
    COMPLAINT = "complaint", "投诉"
    PRAISE = "praise", "好评"


class Opinion(models.Model):
    """What one person said of us at `at`, with a score of 0 to 100 (rules.scores); of the member made with an identity (ADR 9).

    `about` names an order or a product. `act` is the public id of what was written at once.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    act = models.CharField(max_length=PUBLIC_ID_LENGTH, db_index=True)
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=OpinionKind.choices)
    score = models.SmallIntegerField()
    text = models.TextField(blank=True)
    about = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(db_index=True)
    reply = models.OneToOneField(Reply, on_delete=models.CASCADE, null=True, related_name="opinion")
    by = models.CharField(max_length=40)
    by_name = models.CharField(max_length=120)
    written_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(score__gte=0, score__lte=100), name="opinion_score_0_to_100"),
        )
        indexes = (models.Index(fields=("member", "at")),)


class ComplaintState(models.TextChoices):
    """Where a complaint stands."""

    NEW = "new", "待处理"
    WORKING = "working", "处理中"
    SETTLED = "settled", "已解决"
    REFUSED = "refused", "未采纳"


class Complaint(models.Model):
    """What became of a complaint: who takes care of it, when somebody first answered, how it ended; `content` whether the person was content then."""

    opinion = models.OneToOneField(Opinion, on_delete=models.CASCADE, related_name="complaint")
    state = models.CharField(max_length=7, choices=ComplaintState.choices, default=ComplaintState.NEW)
    keeper = models.ForeignKey("people.Staff", on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    content = models.BooleanField(null=True)


class Step(models.Model):
    """One thing that was done about a complaint: a code of rules.complaints.STEPS, and what was said."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="steps")
    did = models.CharField(max_length=10)
    words = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120)
