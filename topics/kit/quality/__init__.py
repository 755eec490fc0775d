"""What is doubtful or late about a value, and how that is said."""
