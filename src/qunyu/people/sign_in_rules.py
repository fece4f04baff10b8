"""Sign-in rules: what passwords, second factors and sessions must be in this deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.models import SignInRules
from qunyu.people.queries import root_unit


@dataclass(frozen=True)
class RuleNumber:
    """A rule that is a whole number from `least` to `most`, in `unit`."""

    key: str
    title: Words
    unit: Words
    least: int
    most: int
    hint: Words


NUMBERS = (
    RuleNumber(
        "min_length", Words("密码最短长度", "Shortest password"), Words("个字符", "characters"), 10, 64,
        Words("已有的密码不受影响，下次修改时才生效", "passwords there are stay; it counts at the next change"),
    ),
    RuleNumber(
        "password_days", Words("密码有效期", "Lifetime of a password"), Words("天", "days"), 0, 3650,
        Words("0 表示不过期；到期后须在登录时换新密码", "0: for ever; once it is over, a new one is chosen when signing in"),
    ),
    RuleNumber(
        "remembered", Words("不得重复最近几次的密码", "Last passwords that may not be used again"), Words("次", "passwords"), 0, 10,
        Words("含当前密码；从设置时起记录", "the present one counts; kept from the time this is set"),
    ),
    RuleNumber(
        "idle_minutes", Words("无操作自动退出", "Signed out when idle for"), Words("分钟", "minutes"), 15, 43_200,
        Words("一天是 1440 分钟；可能提前至多 5 分钟退出", "a day has 1440; it may end up to 5 minutes earlier"),
    ),
    RuleNumber(
        "lifetime_hours", Words("登录最长时间", "Signed out in any case after"), Words("小时", "hours"), 1, 2160,
        Words("从登录时起计算，到时须重新登录", "counted from signing in"),
    ),
)  # fmt: skip
DEMANDED_OF: dict[str, Words] = {
    "nobody": Words("不要求（自愿开启）", "nobody (whoever likes)"),
    "directors": Words(
        "总负责（有“管理组织与账号”权限的人）", "directors (whoever may manage the organisation and accounts)"
    ),
    "everybody": Words("所有人", "everybody"),
}
SECOND_FACTOR = Words("必须使用二次验证的人", "Who must use a second factor")


def rules_now() -> SignInRules:
    """The rules in force.

    Raises SignInRules.DoesNotExist on a database that was never migrated.
    """
    return SignInRules.objects.get()


@transaction.atomic
def change_rules(*, by: Scope, changes: Mapping[str, int | str], now: datetime) -> bool:
    """Sets rules by their keys; whether anything changed. They hold at once, for sessions that have begun too.

    Raises Denied unless `by` manages accounts at the root; DomainError bad_rule naming the field.
    """
    by.require("staff.manage", root_unit().pk)
    rules = SignInRules.objects.select_for_update().get()
    moved: dict[str, str] = {}
    for key, value in changes.items():
        before = getattr(rules, key) if key in _CHECKS else None
        checked = _checked(key, value)
        if before != checked:
            setattr(rules, key, checked)
            moved[key] = f"{before} → {checked}"
    if moved:
        rules.save(update_fields=moved)
        audit.record(by=by.actor, action="sign_in.rules", kind="unit", id=root_unit().pk, now=now, **moved)
    return bool(moved)


def password_words(rules: SignInRules) -> list[Words]:
    """What a password has to be, to stand beside the field where one is chosen."""
    found = [
        Words("至少 {n} 个字符", "at least {n} characters").fill(n=rules.min_length),
        Words("不能只有数字", "not only digits"),
        Words("不能是常见密码，也不能与用户名相似", "neither a common one nor like the user name"),
    ]
    if rules.remembered:
        found.append(Words("不能与最近 {n} 次的密码相同", "none of the last {n}").fill(n=rules.remembered))
    if rules.password_days:
        found.append(Words("有效期 {n} 天", "good for {n} days").fill(n=rules.password_days))
    return found


_CHECKS = {each.key: each for each in NUMBERS} | {"second_factor": None}


def _checked(key: str, value: int | str) -> int | str:
    number = _CHECKS.get(key)
    if number is None:
        if key != "second_factor" or value not in DEMANDED_OF:
            known = ", ".join(DEMANDED_OF)
            message = Words("请选择其中之一：{known}", "choose one of: {known}").fill(known=known)
            raise DomainError("bad_rule", message, field=key)
        return value
    if not isinstance(value, int) or not number.least <= value <= number.most:
        message = Words("请填写 {least} 至 {most} 的整数", "write a whole number from {least} to {most}")
        raise DomainError("bad_rule", message.fill(least=number.least, most=number.most), field=key)
    return value
