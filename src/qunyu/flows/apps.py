from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "qunyu.flows"
    label = "flows"
