from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "qunyu.segments"
    label = "segments"
