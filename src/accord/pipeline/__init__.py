"""The steps in order: the one room that knows the whole walk from a call to a recommendation."""
