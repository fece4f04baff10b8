"""Care: the relationship calendar (method M7), small favours and recommendations."""
