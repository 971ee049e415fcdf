"""Calls: opened from a signed plan, with the plan's versions, the state by its instants, and who is asked in."""
