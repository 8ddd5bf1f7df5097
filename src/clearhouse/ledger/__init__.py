"""Double entry: every movement is a set of postings that sums to zero in each asset."""
