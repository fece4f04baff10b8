"""The people who operate: staff, roles, the organisation tree, grants, sign-in and the scope that follows from them."""
