"""Background work: jobs that are done once, tried again and can be cancelled; the worker that does them."""
