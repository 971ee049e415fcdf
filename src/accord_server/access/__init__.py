"""Access: who belongs to which call in which role, which walls stand, and the one policy that answers."""
