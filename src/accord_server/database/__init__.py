"""What the site asks of the database beyond rows: who is reading, one writer a call, row-level security, roles.

The only room where SQL is written by hand.
"""
