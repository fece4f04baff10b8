from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "qunyu.kernel"
    label = "kernel"
