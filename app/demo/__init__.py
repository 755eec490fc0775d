"""The demo city: stylised 韶关 with layers, two years of history and simulated source systems."""
