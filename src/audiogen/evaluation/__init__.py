"""Judgements of generated sound that can be read, heard and cited."""
