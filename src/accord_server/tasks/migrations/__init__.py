"""The tables of `tasks`, step by step."""
