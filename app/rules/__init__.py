"""Alert rules as data: told, tried on the past, changed under review."""
