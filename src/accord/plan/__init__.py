"""The Partnership Plan: its model, loading with errors that name the place, and what it means in numbers."""
