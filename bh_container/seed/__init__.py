"""Root filesystems that a host image starts from."""
