"""值班: who is on duty, what was handed over, what was written down, what to do in an emergency."""
