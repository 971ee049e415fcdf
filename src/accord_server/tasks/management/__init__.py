"""Commands of `python -m accord_server` that run beside the site."""
