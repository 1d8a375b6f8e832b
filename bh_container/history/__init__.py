"""Snapshots of what was built."""
