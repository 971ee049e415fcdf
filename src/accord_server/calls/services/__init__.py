"""What can happen to a call: `opening` has its plan and its end, `inviting` who comes in."""
