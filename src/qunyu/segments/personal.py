"""What segments keep of people: who was in one when a snapshot was taken, and what somebody wrote into a condition."""

from __future__ import annotations

from collections.abc import Mapping

from qunyu.kernel.personal import Holder, Overview, Person, plain, scrub, scrub_names
from qunyu.kernel.words import Words
from qunyu.segments.models import Segment, SegmentSnapshot, SegmentVersion, SnapshotMember


def _erase(person: Person) -> Mapping[str, int]:
    SnapshotMember.objects.filter(member__in=person.own).delete()
    changed = scrub_names(Segment, person, "unit") + scrub(Segment, ("note", "condition"), person)
    changed += scrub(SegmentVersion, ("name", "note", "condition"), person)
    return {"elsewhere": changed + scrub(SegmentSnapshot, ("why", "condition"), person)}


def _overview() -> Overview:
    found = SnapshotMember.objects.all()
    oldest = SegmentSnapshot.objects.order_by("at").values_list("at", flat=True).first()
    return Overview(found.values("member__own_identity__member").distinct().count(), found.count(), oldest)


HOLDERS = (
    Holder(
        key="snapshots",
        title=Words("人群快照", "Snapshots of segments"),
        what=Words("某一时刻谁在人群里", "who was in a segment at one moment"),
        why=Words("比较前后变化", "comparing before and after"),
        models=("segments.SnapshotMember",),
        count=lambda person: SnapshotMember.objects.filter(member__in=person.own).count(),
        export=lambda person: plain(
            SnapshotMember.objects.filter(member__in=person.own)
            .order_by("id")
            .values("snapshot__segment__name", "snapshot__at")
        ),
        erase=_erase,
        overview=_overview,
    ),
)
