"""The tables of `mail`, step by step."""
