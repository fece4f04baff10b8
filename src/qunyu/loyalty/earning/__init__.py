"""Earning rules: what facts give points, one file each, found by `earning_rules`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from qunyu.loyalty.earning.rule import EarningRule as EarningRule


@cache
def earning_rules() -> Mapping[str, EarningRule]:
    """Every earning rule by key, in the order they are shown."""
    found = [import_module(f"{__name__}.{each.name}").RULE for each in iter_modules(__path__) if each.name != "rule"]
    return {each.key: each for each in sorted(found, key=lambda each: (each.position, each.key))}
