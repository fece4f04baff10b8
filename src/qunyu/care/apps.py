from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "qunyu.care"
    label = "care"
