"""The operators' pages: server-rendered, one view for a page and for its part, every read under the scope of who asks."""
