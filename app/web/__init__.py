"""What a browser shows: the overview page, the map component, their styles and static files."""
