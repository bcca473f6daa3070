"""Speed and memory of audiogen beside its peers, measured in one run."""
