"""chat-miner reading a WhatsApp export."""

from __future__ import annotations

import logging

from chatminer.chatparsers import WhatsAppParser

logging.disable()


def read(path: str) -> int:
    """How many messages it makes of the export."""
    parser = WhatsAppParser(path)
    parser.parse_file()
    return len(parser.parsed_messages.get_df())
