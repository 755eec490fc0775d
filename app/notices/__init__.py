"""Messages as a person reads them."""
