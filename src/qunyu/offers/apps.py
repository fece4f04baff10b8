from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "qunyu.offers"
    label = "offers"

    def ready(self) -> None:
        """Tells members what goes with a contact that is taken back."""
        from qunyu.members.contact_reasons import withdraw_with
        from qunyu.offers.actions import without_contact

        withdraw_with("offers", without_contact)
