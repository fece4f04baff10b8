from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "qunyu.offers"
    label = "offers"
