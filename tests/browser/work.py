"""A worker of the deployment of the environment, in a process of its own."""

from __future__ import annotations

import django


def main() -> None:
    """Runs until it is told to end."""
    django.setup()
    from qunyu.jobs.worker import run

    run()


if __name__ == "__main__":
    main()
