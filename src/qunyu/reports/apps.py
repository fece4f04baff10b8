from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "qunyu.reports"
    label = "reports"
