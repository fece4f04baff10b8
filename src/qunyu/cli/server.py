"""The web server (gunicorn, one process with threads) and the background worker beside it.

The process that starts them loads neither Django nor the lake: what it holds, its server would hold again, and the lake's engine
does not work in a process that was forked from one where it ran.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

THREADS = 8
# A worker that dies at once again and again must not keep a core busy.
PAUSE = 5.0


class Server(BaseApplication):
    """Gunicorn around Django, set up by arguments and by nothing else."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Takes the options; gunicorn's own files and variables stay out of it."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application; asked for by the process that answers."""
        from django.core.wsgi import get_wsgi_application

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qunyu.config.settings")
        return get_wsgi_application()


class Companion:
    """The background worker as a child process, begun again should it die."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._child = self._begin()
        self._watch = threading.Thread(target=self._tend, daemon=True)

    def start(self) -> None:
        """Watches over the child until `stop`."""
        self._watch.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Ends the child; it gives running jobs back to their queue."""
        self._stopping.set()
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)
            self._child.wait(timeout=20)

    def _begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "qunyu.cli", "worker"], stdin=subprocess.DEVNULL)

    def _tend(self) -> None:
        while not self._stopping.wait(1.0):
            if self._child.poll() is not None and not self._stopping.wait(PAUSE):
                self._child = self._begin()


def run(address: str, *, ready: Callable[[], None]) -> None:
    """Serves on `address` (host:port) until SIGTERM or SIGINT; `ready` is called once, when pages are answered."""
    companion = Companion()
    master = threading.get_ident()

    def leave(server: Any) -> None:
        if threading.get_ident() == master:
            companion.stop()

    def announce(worker: Any) -> None:
        if worker.age == 1:
            ready()

    options = {
        "bind": address,
        "workers": 1,
        "threads": THREADS,
        "worker_class": "gthread",
        "timeout": 120,
        "loglevel": "warning",
        "preload_app": False,
        "when_ready": lambda server: companion.start(),
        "post_worker_init": announce,
        "on_exit": leave,
    }
    try:
        Server(options).run()
    finally:
        companion.stop()


def wait_until_free(address: str, seconds: float = 5.0) -> bool:
    """Whether nobody else listens on `address`, given a moment for a server that is just ending."""
    import socket

    host, _, port = address.rpartition(":")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, int(port)))
            except OSError:
                time.sleep(0.2)
                continue
            return True
    return False
