"""Names that people give: of accounts, units, levels and roles."""

from __future__ import annotations

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

# As long as the tables' columns.
USERNAME_LENGTH, NAME_LENGTH, ROLE_LENGTH = 60, 80, 60


def checked_name(given: str, longest: int, field: str = "name") -> str:
    """`given` without blanks around it.

    Raises DomainError bad_name when it is empty, too long or holds what cannot be read.
    """
    name = given.strip()
    if not name or len(name) > longest or not name.isprintable():
        message = Words(
            "名称须有 1 至 {n} 个字，不含换行等不可见字符",
            "a name has 1 to {n} characters, none of them invisible such as a line break",
        )
        raise DomainError("bad_name", message.fill(n=longest), name=given, field=field)
    return name
