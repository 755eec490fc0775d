"""Charts as Plotly figures in plain dicts: made by pure functions, drawn by `tonglan.Chart`."""
