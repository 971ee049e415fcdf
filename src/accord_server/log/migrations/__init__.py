"""The tables of `log`, step by step."""
