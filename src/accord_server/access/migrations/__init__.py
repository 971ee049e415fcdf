"""The tables of `access`, step by step."""
