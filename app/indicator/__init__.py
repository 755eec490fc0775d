"""The page of one indicator as data: series, comparison, ranking, records, worded and rounded."""
