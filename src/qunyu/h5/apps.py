from django.apps import AppConfig


class H5Config(AppConfig):
    name = "qunyu.h5"
    label = "h5"
