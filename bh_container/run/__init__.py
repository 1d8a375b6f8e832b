"""Doing what a plan says, and remembering it."""
