"""Signing in: what allauth asks of us, and its pages in the look of the site."""
