from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "qunyu.members"
    label = "members"

    def ready(self) -> None:
        """Gives insights the dimension that lake queries join."""
        from qunyu.insights.providers import provide
        from qunyu.members.queries import dimension

        provide("identities", dimension)
