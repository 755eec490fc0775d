"""Cases from tables: where they stand on the ground, and the work of taking them in."""
