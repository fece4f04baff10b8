"""`python -m qunyu.cli` is `qunyu`."""

from qunyu.cli.main import main

main()
