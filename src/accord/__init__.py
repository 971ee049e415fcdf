"""Accord: joint calls between sovereign Sides, from one signed plan to a result that anyone can recompute."""
