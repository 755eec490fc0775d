"""The page of a topic as data: panels, map and tables from one reading of the stores."""
