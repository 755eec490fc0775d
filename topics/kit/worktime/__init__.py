"""Working time: which days and hours count, and clocks that count them."""
