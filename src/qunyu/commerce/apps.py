from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "qunyu.commerce"
    label = "commerce"
