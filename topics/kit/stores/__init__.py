"""Where topics keep their records: one file per backend."""
