"""Tables, whatever file they come in: header, footer, purpose, places and joins."""
