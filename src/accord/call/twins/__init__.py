"""Twins: the halves of one project from several intakes, linked, and where they tell two stories."""
