"""Proposals: drafted together, submitted with a receipt, sealed until the closing is logged, judged eligible or not."""
