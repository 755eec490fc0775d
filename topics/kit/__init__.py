"""What every topic shares: manifests, regions, periods, observations, refreshing."""
