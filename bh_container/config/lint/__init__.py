"""Every mistake in a configuration, found without building anything."""
