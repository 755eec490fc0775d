"""Cases as people see and move them: words, rights, rows and pages as data."""
