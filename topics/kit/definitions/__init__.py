"""What an indicator means, in versions: definition, targets, thresholds, releases."""
