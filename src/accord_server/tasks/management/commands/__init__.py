"""`work`: the worker; `backup` and `restore`: the whole site into a folder and back."""
