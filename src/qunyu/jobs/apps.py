from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JobsConfig(AppConfig):
    name = "qunyu.jobs"
    label = "jobs"

    def ready(self) -> None:
        post_migrate.connect(_create_engine_tables, sender=self)


def _create_engine_tables(using: str, **_: object) -> None:
    """The engine's tables follow Django's at every `migrate`: upgrading the engine needs no migration of ours."""
    if using == "default":
        from qunyu.jobs.engine import migrate

        migrate()
