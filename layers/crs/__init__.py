"""Coordinate systems: names, the offset systems GCJ-02 and BD-09, and which one a file is in."""
