from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "qunyu.members"
    label = "members"

    def ready(self) -> None:
        """Gives insights the dimension that lake queries join, and the contact cap who is not to be sold to."""
        from qunyu.insights.providers import provide
        from qunyu.kernel.words import Words
        from qunyu.members.contact_reasons import refuse_where
        from qunyu.members.queries import dimension
        from qunyu.members.staff_links import insiders

        provide("identities", dimension)
        own = Words("是运营人员、机器人或气氛组", "is an operator, a bot or of the atmosphere team")
        refuse_where("role", own, insiders, selling=True)
