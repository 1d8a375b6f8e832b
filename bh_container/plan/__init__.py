"""What will be done: pure functions from configuration to steps."""
