"""The topics of the city: one folder each, and `kit`, what all of them share."""
