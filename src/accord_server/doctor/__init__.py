"""Running a site: what is wrong with an installation, and a copy of it that can be put back."""
