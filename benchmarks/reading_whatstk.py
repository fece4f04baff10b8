"""whatstk reading a WhatsApp export."""

from __future__ import annotations

from whatstk import df_from_whatsapp


def read(path: str) -> int:
    """How many messages it makes of the export."""
    return len(df_from_whatsapp(path, max_size=None))
