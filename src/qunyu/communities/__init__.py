"""Communities: the groups an organisation keeps, on whatever platform."""
