from django.apps import AppConfig


class SatisfactionConfig(AppConfig):
    name = "qunyu.satisfaction"
    label = "satisfaction"

    def ready(self) -> None:
        """Gives insights what people said of us, which labels and metrics take into account, and the contact cap who waits for an answer and is not to be sold to."""
        from qunyu.insights.providers import provide
        from qunyu.members.contact_reasons import answer_where, refuse_where
        from qunyu.satisfaction.complaints import UNHAPPY, complaining
        from qunyu.satisfaction.queries import dimension, state

        provide("opinions", dimension, state)
        answer_where("complaint", complaining)
        refuse_where("complaint", UNHAPPY, complaining, selling=True)
