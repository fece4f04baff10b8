from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "qunyu.people"
    label = "people"
