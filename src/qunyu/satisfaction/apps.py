from django.apps import AppConfig


class SatisfactionConfig(AppConfig):
    name = "qunyu.satisfaction"
    label = "satisfaction"

    def ready(self) -> None:
        """Gives insights what people said of us, which labels and metrics take into account."""
        from qunyu.insights.providers import provide
        from qunyu.satisfaction.queries import dimension, state

        provide("opinions", dimension, state)
