"""Where the simulated sources keep their tables."""
