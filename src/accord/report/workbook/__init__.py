"""The meeting's workbook: the list with every Side's budget moving along it, and its way back."""
