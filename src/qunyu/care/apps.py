from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "qunyu.care"
    label = "care"

    def ready(self) -> None:
        """Tells members what goes with a contact that is taken back."""
        from qunyu.care.actions import without_contact
        from qunyu.members.contact_reasons import withdraw_with

        withdraw_with("care", without_contact)
