"""Foreign keys point to the same package or down, by the layers that the import contract in pyproject.toml lists."""

import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Field

ROOT = Path(__file__).parents[1]


def layers() -> dict[str, int]:
    """Package -> the number of its layer, 0 for the highest; packages of one layer share it."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [each for each in config["tool"]["importlinter"]["contracts"] if each["type"] == "layers"]
    return {
        name.strip(" ()"): number for number, layer in enumerate(contract["layers"]) for name in str(layer).split("|")
    }


def package(module: str) -> str:
    """Which of our packages a module belongs to; "" for none of ours."""
    top, _, rest = module.partition(".")
    return rest.partition(".")[0] if top == "qunyu" else ""


def relations() -> list[tuple[str, str, str]]:
    """(field, package it stands in, package it points to) of every relation between models of ours."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        here = package(model.__module__)
        for field in model._meta.get_fields():
            target = field.related_model if isinstance(field, Field) else None
            there = package(target.__module__) if isinstance(target, type) else ""
            if here and there:
                found.append((f"{model._meta.label}.{field.name}", here, there))
    return found


LAYERS = layers()
RELATIONS = relations()


def test_there_are_relations_to_look_at() -> None:
    assert ("members.Membership.community", "members", "communities") in RELATIONS
    assert ("people.Unit.parent", "people", "people") in RELATIONS


@pytest.mark.parametrize(("field", "here", "there"), RELATIONS, ids=[each[0] for each in RELATIONS])
def test_foreign_keys_point_down(field: str, here: str, there: str) -> None:
    assert here == there or LAYERS[here] < LAYERS[there], f"{field} points from {here} to {there}"


def test_every_installed_package_has_a_layer() -> None:
    installed = {package(config.name) for config in apps.get_app_configs()} - {""}
    assert {"kernel", "people", "members"} <= installed
    assert installed <= LAYERS.keys()
