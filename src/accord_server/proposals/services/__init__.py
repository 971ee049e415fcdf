"""What can happen to a proposal: drafting, its consortium, submitting, judging its eligibility, importing."""
