"""报数: forms that clerks fill in, others review, and whose numbers then count."""
