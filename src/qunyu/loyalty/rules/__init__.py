"""Decisions about points and levels, without a database, a clock or chance."""
