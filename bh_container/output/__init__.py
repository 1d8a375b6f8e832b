"""What a build leaves behind, and starting it."""
