"""What offers keep of people: what each got, or that they were left out by lot."""

from __future__ import annotations

from collections.abc import Mapping

from qunyu.kernel.personal import Holder, Person, plain, scrub, scrub_names
from qunyu.kernel.words import Words
from qunyu.members.personal import overview_of
from qunyu.offers.models import Given, Giving, Offer


def _erase(person: Person) -> Mapping[str, int]:
    Given.objects.filter(member__in=person.own).delete()
    changed = scrub_names(Offer, person, "unit") + scrub(Offer, ("products", "note"), person)
    return {"elsewhere": changed + scrub(Giving, ("segment_name",), person)}


HOLDERS = (
    Holder(
        key="offers",
        title=Words("优惠方案", "Offers"),
        what=Words("给过谁哪个方案，或抽签留出", "which offers somebody got, or that a lot left them out"),
        why=Words("看方案有没有用，不重复打扰", "seeing whether an offer is of use, giving none twice"),
        models=("offers.Given",),
        count=lambda person: Given.objects.filter(member__in=person.own).count(),
        export=lambda person: plain(
            Given.objects.filter(member__in=person.own)
            .order_by("id")
            .values("giving__offer__name", "giving__at", "held")
        ),
        erase=_erase,
        overview=overview_of(Given, "giving__at"),
        stays=Words("同一方案不给同一人两次", "nobody is to get the same offer twice"),
    ),
)
