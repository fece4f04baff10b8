from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "qunyu.api"
    label = "api"
