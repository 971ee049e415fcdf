"""The tables of `calls`, step by step."""
