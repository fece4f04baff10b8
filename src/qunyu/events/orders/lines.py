"""From a row of an order file to the order line it states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from qunyu.events.cell_times import DateOrder, moment
from qunyu.events.cells import EXACT, Unreadable, currency, identifier, is_blank, is_masked, number, unwrapped
from qunyu.events.columns import normal
from qunyu.events.orders.headers import NICKNAMES
from qunyu.events.orders.layouts import CREDIT_NOTES, FIRST_ROW_HAS_TOTAL, GUEST_IS_ZERO
from qunyu.events.orders.status import status_of
from qunyu.events.orders.totals import AmountPer, fingerprint
from qunyu.events.phones import phone
from qunyu.events.problems import Problem
from qunyu.events.rows import OrderLine, OrderStatus

NOTHING, ONE = Decimal(0), Decimal(1)
# Beyond this many different words the column holds no statuses, and naming more of them helps nobody.
MAX_WORDS = 50
# Longer names of products are cut: some shops write a whole description there.
LONGEST_PRODUCT = 200

Row = Mapping[str, str]


class Names(NamedTuple):
    """What the file calls each of our columns; empty where it has none."""

    order_id: str = ""
    ordered_at: str = ""
    paid_at: str = ""
    amount: str = ""
    quantity: str = ""
    unit_price: str = ""
    customer: str = ""
    customer_name: str = ""
    phone: str = ""
    union_id: str = ""
    status: str = ""
    after_sale: str = ""
    cancelled_at: str = ""
    refund: str = ""
    refund_tax: str = ""
    product: str = ""
    currency: str = ""

    @classmethod
    def of(cls, found: Mapping[str, str]) -> Names:
        """The names among `found` (field -> name) that a line needs; a nickname serves as name too."""
        names = {field: name for field, name in found.items() if field in cls._fields}
        if normal(names.get("customer", "")) in NICKNAMES:
            names.setdefault("customer_name", names["customer"])
        return cls(**names)


@dataclass(frozen=True)
class Manner:
    """How the file at hand is read; `currency` is the one told for all its rows."""

    file: str
    zone: ZoneInfo
    layout: str = ""
    order: DateOrder = "mdy"
    amount_per: AmountPer = "line"
    currency: str = ""


class Lines:
    """Makes lines of rows in the file's order: some rows lean on the one above, and each total counts once."""

    def __init__(self, names: Names, manner: Manner, problems: list[Problem]) -> None:
        self.names = names
        self.manner = manner
        self.problems = problems
        self._above: OrderLine | None = None
        self._counted: set[int] = set()
        self._unknown_words: set[str] = set()

    def line(self, line: int, row: Row) -> OrderLine | Problem:
        """The row's order line, or why there is none; notes about a line that counts go into `problems`."""
        order_id = self._id(row.get(self.names.order_id, ""), line)
        above, self._above = self._above, None
        try:
            if above is not None and self._continues(above, row, order_id):
                # What is said of a row below (a refund within the order) must not pass on to the rows after it.
                self._above = above
                return self._continued(above, row, line)
            self._above = self._first(row, order_id, line)
        except Unreadable as error:
            return Problem(error.code, self.manner.file, line, error.data)
        return self._above

    def _first(self, row: Row, order_id: str, line: int) -> OrderLine:
        names, cell = self.names, row.get
        at = self._time(cell(names.ordered_at, ""))
        quantity = self._quantity(cell(names.quantity, ""))
        price = cell(names.unit_price, "")
        amount = self._amount(cell(names.amount, ""), quantity, price)
        customer, name = self._customer(row, line)
        refund = self._refund(row)
        status = self._partly(self._status(row, order_id, amount, quantity, line), row, amount, refund)
        if status == "paid" and amount == 0 and self._by_price(cell(names.amount, ""), price):
            status = "free"
        if self.manner.amount_per == "order" and order_id:
            amount, refund = self._once(order_id, "amount", amount), self._once(order_id, "refund", refund)
        if refund == 0 and status == "refunded" and amount > 0:
            refund = amount
        return OrderLine(
            order_id,
            customer,
            at,
            amount,
            status,
            currency(cell(names.currency, "")) or self.manner.currency,
            refund,
            ONE if quantity is None else quantity,
            _product(cell(names.product, "")),
            name,
            phone(cell(names.phone, "")) if names.phone else "",
            cell(names.union_id, "").strip(),
            self._meta(cell(names.paid_at, "")),
            line,
        )

    def _continues(self, above: OrderLine, row: Row, order_id: str) -> bool:
        """Whether the row is a further product of the order above, the order's cells being empty (or merged)."""
        names = self.names
        if not above.order_id:
            return False
        if self.manner.layout in FIRST_ROW_HAS_TOTAL:
            return order_id == above.order_id and is_blank(row.get(names.amount, ""))
        if not is_blank(row.get(names.ordered_at, "")):
            return False
        return order_id == above.order_id or (not order_id and not is_blank(row.get(names.product, "")))

    def _continued(self, above: OrderLine, row: Row, line: int) -> OrderLine:
        names = self.names
        quantity = self._quantity(row.get(names.quantity, ""))
        own = row.get(names.amount, "")
        amount, status = NOTHING, above.status
        if not is_blank(own):
            amount = number(own, "amount")
            status = self._signed(status, amount, line)
            if self.manner.amount_per == "order":
                amount = self._once(above.order_id, "amount", amount)
        return above._replace(
            amount=amount,
            status=status,
            refund=NOTHING,
            quantity=ONE if quantity is None else quantity,
            product=_product(row.get(names.product, "")),
            line=line,
        )

    def _id(self, text: str, line: int) -> str:
        try:
            return identifier(text)
        except Unreadable as error:
            self.problems.append(Problem(error.code, self.manner.file, line, error.data))
            return ""

    def _time(self, text: str) -> datetime:
        if is_blank(text):
            raise Unreadable("missing_field", field="ordered_at")
        return moment(text, self.manner.zone, self.manner.order)

    def _quantity(self, text: str) -> Decimal | None:
        """None when the file does not tell."""
        return None if is_blank(text) else number(text, "quantity")

    def _by_price(self, text: str, price: str) -> bool:
        """Whether the line has no amount of its own, only a price for each."""
        return not self.names.amount or (is_blank(text) and bool(self.names.unit_price) and not is_blank(price))

    def _amount(self, text: str, quantity: Decimal | None, price: str) -> Decimal:
        if not self._by_price(text, price):
            return number(text, "amount")
        if quantity is None and self.names.quantity:
            raise Unreadable("missing_field", field="quantity")
        each = number(price, "unit_price")
        # Nothing times minus ten is nothing, not the minus nothing that Decimal makes of it.
        return EXACT.multiply(ONE if quantity is None else quantity, each) or NOTHING

    def _once(self, order_id: str, what: str, amount: Decimal) -> Decimal:
        """The order's amount where it stands for the first time, nothing where it is repeated."""
        key = fingerprint(f"{order_id}\n{what}\n{amount.normalize()}")
        if key in self._counted:
            return NOTHING
        self._counted.add(key)
        return amount

    def _refund(self, row: Row) -> Decimal:
        if not self.names.refund:
            return NOTHING
        texts = (row.get(self.names.refund, ""), row.get(self.names.refund_tax, ""))
        return sum((abs(number(text, "refund")) for text in texts if not is_blank(text)), NOTHING)

    def _status(self, row: Row, order_id: str, amount: Decimal, quantity: Decimal | None, line: int) -> OrderStatus:
        names = self.names
        if self.manner.layout in CREDIT_NOTES:
            if order_id[:1] in "Cc" and order_id:
                return "cancelled"
            return "refunded" if amount < 0 or (quantity is not None and quantity < 0) else "paid"
        words = row.get(names.status, "")
        if not is_blank(words):
            known = status_of(words) or self._paid_all_the_same(words, line)
        else:
            known = "unpaid" if names.paid_at and not names.status and is_blank(row.get(names.paid_at, "")) else "paid"
        known = self._signed(known, amount, line)
        if known == "paid" and not is_blank(row.get(names.cancelled_at, "")):
            return "cancelled"
        return known

    def _signed(self, status: OrderStatus, amount: Decimal, line: int) -> OrderStatus:
        """Money that went back is a refund whatever the shop calls the order, unless it says so itself."""
        if amount >= 0 or status in ("refunded", "cancelled"):
            return status
        self._note("negative_amount", line, value=str(amount))
        return "refunded"

    def _paid_all_the_same(self, words: str, line: int) -> OrderStatus:
        word = words.strip()[:40]
        if word not in self._unknown_words and len(self._unknown_words) < MAX_WORDS:
            self._unknown_words.add(word)
            self._note("unknown_status", line, value=word)
        return "paid"

    def _partly(self, status: OrderStatus, row: Row, amount: Decimal, refund: Decimal) -> OrderStatus:
        """A paid line whose after-sale is done is refunded, unless less than its amount went back."""
        if status == "cancelled" and refund > 0:
            return "refunded"
        if status != "paid" or not self.names.after_sale or status_of(row.get(self.names.after_sale, "")) != "refunded":
            return status
        return "paid" if 0 < refund < amount else "refunded"

    def _customer(self, row: Row, line: int) -> tuple[str, str]:
        """(id, name); a masked id is nobody's."""
        text = row.get(self.names.customer, "")
        name = unwrapped(row.get(self.names.customer_name, "")) if self.names.customer_name else ""
        customer = "" if is_masked(text) else self._id(text, line)
        if customer == "0" and self.manner.layout in GUEST_IS_ZERO:
            customer = ""
        return customer, name

    def _meta(self, paid_at: str) -> dict[str, object] | None:
        if not paid_at or is_blank(paid_at):
            return None
        try:
            at = moment(paid_at, self.manner.zone, self.manner.order)
        except Unreadable:
            return None
        return {"paid_at": at.astimezone(UTC).isoformat()}

    def _note(self, code: str, line: int, **data: str) -> None:
        self.problems.append(Problem(code, self.manner.file, line, data))


def _product(text: str) -> str:
    """A product's name as the file writes it, with single blanks."""
    return " ".join(text.split())[:LONGEST_PRODUCT]
