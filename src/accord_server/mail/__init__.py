"""Letters: what the site writes by e-mail, kept in the transaction of the action that caused it, sent after it."""
