"""Writes of alerts: renewed from what the facts tell, acknowledged, muted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db import transaction

from qunyu.insights.alerts import WATCHED, Episode
from qunyu.insights.models import Alert, Mute
from qunyu.insights.queries import units_of_communities
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words

LONGEST_MUTE = 90
# What one episode and what is kept of it before may lie apart: late facts move its ends.
NEAR = timedelta(days=2)


@transaction.atomic
def renew_alerts(*, by: Scope, episodes: Iterable[Episode], since: date, now: datetime) -> dict[str, int]:
    """Keeps exactly these episodes of those that reach into the days from `since` on; how many are new, changed and gone.

    An alert that is kept already stays the same one, acknowledged or not, whatever its figures are now. One that the facts no
    longer tell goes; somebody who saw it finds it marked as withdrawn. Older ones stay as they are.
    Raises Denied unless `by` sees everything.
    """
    by.require("communities.edit")
    if not by.everything:
        raise ValueError("alerts are renewed from everything there is")
    _forget_gone(by)
    kept = list(Alert.objects.select_for_update().filter(last__gte=since).order_by("id"))
    matched: list[tuple[Alert, Episode]] = []
    for episode in episodes:
        mine = [each for each in kept if _same(each, episode)]
        chosen = min(mine, key=lambda each: (each.first != episode.first, each.seen_at is None, each.pk), default=None)
        matched.append((chosen or Alert(found_at=now), episode))
        kept = [each for each in kept if each is not chosen]
    gone = sum(_withdraw(ghost, now) for ghost in kept)
    new = sum(alert.pk is None for alert, _ in matched)
    changed = sum(_write(alert, episode) for alert, episode in matched) - new
    return {"new": new, "changed": changed, "gone": gone}


def _forget_gone(by: Scope) -> None:
    """Of communities that an undo took away nothing stays."""
    known = list(units_of_communities(by))
    Alert.objects.exclude(community_id__in=known).delete()
    Mute.objects.exclude(community_id__in=known).delete()


def _same(kept: Alert, episode: Episode) -> bool:
    about = (kept.community_id, kept.metric, kept.up) == (episode.community, episode.metric, episode.up)
    return about and kept.first <= episode.last + NEAR and episode.first <= kept.last + NEAR


def _write(alert: Alert, episode: Episode) -> int:
    values = {
        **asdict(episode),
        "community_id": episode.community,
        "drivers": [asdict(each) for each in episode.drivers],
    }
    del values["community"]
    if alert.pk and not alert.withdrawn_at and all(getattr(alert, name) == value for name, value in values.items()):
        return 0
    for name, value in values.items():
        setattr(alert, name, value)
    alert.withdrawn_at = None
    alert.save()
    return 1


def _withdraw(alert: Alert, now: datetime) -> int:
    if alert.seen_at is None:
        alert.delete()
        return 1
    return Alert.objects.filter(pk=alert.pk, withdrawn_at=None).update(withdrawn_at=now)


@transaction.atomic
def acknowledge(*, by: Scope, alert: Alert, now: datetime) -> bool:
    """Marks the alert as seen; False (and no audit entry) when somebody had done so.

    Raises Denied.
    """
    unit = _may_edit(by, alert.community_id)
    done = Alert.objects.filter(pk=alert.pk, seen_at=None).update(seen_at=now, seen_by=by.actor.name)
    if done:
        audit.record(by=by.actor, action="alert.see", kind="alert", id=alert.pk, now=now, unit=unit)
    return bool(done)


@transaction.atomic
def reopen(*, by: Scope, alert: Alert, now: datetime) -> bool:
    """Takes back that the alert was seen; False when it was not. One that was withdrawn meanwhile stays.

    Raises Denied.
    """
    unit = _may_edit(by, alert.community_id)
    found = Alert.objects.filter(pk=alert.pk, seen_at__isnull=False, withdrawn_at=None)
    done = found.update(seen_at=None, seen_by="")
    if done:
        audit.record(by=by.actor, action="alert.reopen", kind="alert", id=alert.pk, now=now, unit=unit)
    return bool(done)


@transaction.atomic
def mute(*, by: Scope, community: int, metric: str, until: date, now: datetime, today: date) -> Mute:
    """Keeps that nobody wants to hear of that number through `until`; a mute there is gets the new day.

    Raises Denied; DomainError unknown_metric, or bad_mute for a day past or more than LONGEST_MUTE days ahead.
    """
    unit = _may_edit(by, community)
    if metric not in WATCHED:
        message = Words("“{key}”不在预警指标中", "“{key}” is no number that is watched")
        raise DomainError("unknown_metric", message.fill(key=metric), field="metric")
    if not today <= until <= today + timedelta(days=LONGEST_MUTE):
        message = Words("静音日期须在今天起 {n} 天内", "a mute ends within {n} days from today")
        raise DomainError("bad_mute", message.fill(n=LONGEST_MUTE), field="until")
    values = {"until": until, "muted_at": now, "muted_by": by.actor.name}
    made, _ = Mute.objects.update_or_create(community_id=community, metric=metric, defaults=values)
    audit.record(
        by=by.actor,
        action="alert.mute",
        kind="community",
        id=community,
        now=now,
        metric=metric,
        until=until.isoformat(),
        unit=unit,
    )
    return made


@transaction.atomic
def unmute(*, by: Scope, community: int, metric: str, now: datetime) -> bool:
    """Ends a mute; False when there is none.

    Raises Denied.
    """
    unit = _may_edit(by, community)
    gone, _ = Mute.objects.filter(community_id=community, metric=metric).delete()
    if gone:
        audit.record(
            by=by.actor, action="alert.unmute", kind="community", id=community, now=now, metric=metric, unit=unit
        )
    return bool(gone)


def _may_edit(by: Scope, community: int) -> int:
    """The unit of a community that `by` may edit.

    Raises DomainError unknown_community; Denied.
    """
    unit = units_of_communities(by).get(community)
    if unit is None:
        raise DomainError("unknown_community", Words("没有这个社群", "there is no such community"))
    by.require("communities.edit", unit)
    return unit
