"""Pure decisions about segments."""
