from django.apps import AppConfig


class ProspectsConfig(AppConfig):
    name = "qunyu.prospects"
    label = "prospects"
