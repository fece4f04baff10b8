from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "qunyu.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Says what tables may not bring back, to the packages below that read them."""
        from qunyu.kernel.returning import provide_stopped
        from qunyu.privacy.stopping import stopped

        provide_stopped(stopped)
