"""A Side's own intake: its export, read through its mapping file, becomes its halves of proposals."""
