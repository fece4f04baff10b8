"""Failures: how what went wrong in a job crosses the process as JSON, and comes back as a DomainError."""

from __future__ import annotations

import json

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

CRASHED = Words("任务因程序错误中断：{reason}", "the job was stopped by a fault in the program: {reason}")
CANCELLED = Words("任务已被取消", "the job was cancelled")
WORN_OUT = Words(
    "任务开始了 {attempts} 次都没有结束，已停止；请查看日志中的原因，然后重试",
    "the job was begun {attempts} times without ending and was stopped; see the log for the cause, then retry it",
)


class Cancelled(DomainError):
    """Somebody asked for the job to stop; raised inside of it by `once`."""

    def __init__(self) -> None:
        super().__init__("job_cancelled", CANCELLED)


class Failure(Exception):
    """What DBOS stores of an error: it writes the attributes `code` and `data` as JSON."""

    def __init__(self, error: Exception) -> None:
        domain = error if isinstance(error, DomainError) else _crash(error)
        super().__init__(domain.message.en)
        self.code = domain.code
        known = json.loads(json.dumps(domain.data, default=str))
        self.data = {"zh": domain.message.zh, "en": domain.message.en, "data": known}


def restore(stored: Exception) -> DomainError:
    """The DomainError that a Failure stands for; any other stored error is a crash."""
    code, told = getattr(stored, "code", None), getattr(stored, "data", None)
    if not isinstance(code, str) or not isinstance(told, dict):
        return _crash(stored)
    return DomainError(code, Words(str(told["zh"]), str(told["en"])), **told["data"])


def worn_out(attempts: int) -> DomainError:
    """The error of a job that took its worker down again and again."""
    return DomainError("job_worn_out", WORN_OUT.fill(attempts=attempts), attempts=attempts)


def _crash(error: Exception) -> DomainError:
    reason = f"{type(error).__name__}: {error}"[:500]
    message = Words(CRASHED.zh.replace("{reason}", reason), CRASHED.en.replace("{reason}", reason))
    return DomainError("job_crashed", message, reason=reason)
