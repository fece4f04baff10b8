"""Rules of members: who belongs together, which values are good, who may be the same person."""
