"""The log's rows, one log a call; and actions, the only way anything is written."""
