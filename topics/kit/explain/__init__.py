"""Numbers that explain themselves: one computation behind sentence, formula, parts and children."""
