"""Validation, seeds, conditions and files: what every other package leans on."""
