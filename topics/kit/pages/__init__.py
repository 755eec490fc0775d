"""What the page of a topic is made of, without knowing any topic."""
