"""`doctor`, `backup` and `restore`."""
