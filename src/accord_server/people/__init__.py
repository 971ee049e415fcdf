"""People: accounts, the Sides of this host's calls, organisations."""
