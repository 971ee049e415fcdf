"""A complete fictional call, made from four numbers: to try Accord, to show it, and to measure it."""

from accord.example.call import example_call, experts_needed

__all__ = ["example_call", "experts_needed"]
