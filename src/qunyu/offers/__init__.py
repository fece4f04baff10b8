"""Offers: what is offered to which kind of member, matched by measured preferences, given, and what came of it (method.md P8)."""
