from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "qunyu.privacy"
    label = "privacy"
