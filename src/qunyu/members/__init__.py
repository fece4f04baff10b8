"""Members: the people of the communities, their identities on platforms and their memberships."""
