from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "qunyu.insights"
    label = "insights"
