"""Grid governance: category schemes, codes, unit grids, density and 12345 metrics."""
