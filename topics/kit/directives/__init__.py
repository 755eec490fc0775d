"""督办: a leader's written word about a number, alert or case, and the answer to it."""
