from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "qunyu.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Tells the contact cap who does not consent to being contacted."""
        from qunyu.members.contact_reasons import refuse_where
        from qunyu.privacy.consents import not_marketable

        refuse_where("consent", not_marketable)
