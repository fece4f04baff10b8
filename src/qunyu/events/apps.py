from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "qunyu.events"
    label = "events"
