"""A call's people and papers: proposals, experts, publications, reviews, as frozen values and as files."""
