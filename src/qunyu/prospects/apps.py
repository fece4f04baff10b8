from django.apps import AppConfig


class ProspectsConfig(AppConfig):
    name = "qunyu.prospects"
    label = "prospects"

    def ready(self) -> None:
        """Tells members what goes with a contact that is taken back."""
        from qunyu.members.contact_reasons import withdraw_with
        from qunyu.prospects.actions import without_contact

        withdraw_with("prospects", without_contact)
