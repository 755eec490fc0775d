"""Topics as packages: checked offline, packed, installed into another city, rolled back."""
