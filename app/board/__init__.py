"""The overview as data: rows, cards, matrix and map values, worded and rounded for people."""
