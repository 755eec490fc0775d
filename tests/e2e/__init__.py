"""The whole product from outside: `tonglan run`, its commands, its pages in a real browser."""
