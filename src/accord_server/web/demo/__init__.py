"""A demonstration on one's own machine: a call open, a call closed, and an account a role that anybody enters."""
