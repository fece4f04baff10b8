"""The port: everything other packages may use of jobs. See the package's docstring for how."""

from qunyu.jobs.asking import enqueue
from qunyu.jobs.control import cancel, retry
from qunyu.jobs.effects import once
from qunyu.jobs.engine import load
from qunyu.jobs.failures import Cancelled
from qunyu.jobs.registry import job
from qunyu.jobs.running import run_now
from qunyu.jobs.state import STATES, JobStatus, State, list_jobs, status, wait

__all__ = [
    "STATES",
    "Cancelled",
    "JobStatus",
    "State",
    "cancel",
    "enqueue",
    "job",
    "list_jobs",
    "load",
    "once",
    "retry",
    "run_now",
    "status",
    "wait",
]
