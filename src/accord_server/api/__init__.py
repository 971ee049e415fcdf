"""The site for programs: the same actions and the same policy as the pages, under /api/v1."""
