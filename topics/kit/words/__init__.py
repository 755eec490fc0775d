"""How values are said to people: numbers, moments, lamps, comparisons, judgements."""
