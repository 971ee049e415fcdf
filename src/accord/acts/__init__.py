"""Acts: what the Sides sign together, who may sign it, and when it is confirmed.

`statement` is the text that is signed; `standing` says whose keys count at an instant; `confirmation` says which
Sides signed which act, who is missing, and who signed two different ones.
"""
