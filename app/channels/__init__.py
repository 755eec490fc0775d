"""Ways out of the house: webhook, mail, robots, gateways; who is reached over which."""
