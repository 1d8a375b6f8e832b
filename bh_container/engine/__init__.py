"""Podman, and nothing else: the only package that talks to it."""
