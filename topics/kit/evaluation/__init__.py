"""考核 of cases: formulas as data, months that are frozen, published, appealed and made final."""
