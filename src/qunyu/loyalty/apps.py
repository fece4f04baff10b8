from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "qunyu.loyalty"
    label = "loyalty"
