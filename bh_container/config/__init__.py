"""What the user wrote, read into frozen data."""
