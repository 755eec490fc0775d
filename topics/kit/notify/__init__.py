"""Messages to people outside the screens: kept first, sent at least once, each receiver apart."""
