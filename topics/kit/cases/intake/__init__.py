"""Tables of cases from elsewhere: columns by their words, rows made into reports or refused."""
