from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "qunyu.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Says what tables may not bring back, to the packages below that read them, and the contact cap who does not consent to being contacted."""
        from qunyu.kernel.returning import provide_stopped
        from qunyu.members.contact_reasons import refuse_where
        from qunyu.privacy.consents import NO_MARKETING, not_marketable
        from qunyu.privacy.stopping import stopped

        provide_stopped(stopped)
        refuse_where("consent", NO_MARKETING, not_marketable)
