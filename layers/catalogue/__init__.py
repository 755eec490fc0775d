"""What is said about layers: metadata, fields and masks, search, freshness, lineage, styles."""
