"""考核 for the pages: what a month says to whom, and who may do what with it."""
