from django.apps import AppConfig


class CommunitiesConfig(AppConfig):
    name = "qunyu.communities"
    label = "communities"

    def ready(self) -> None:
        """Gives insights the dimension that lake queries join."""
        from qunyu.communities.queries import dimension
        from qunyu.insights.providers import provide

        provide("communities", dimension)
