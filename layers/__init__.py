"""The geospatial layer registry: readers, coordinate systems, versions, compiled layers, tiles."""
