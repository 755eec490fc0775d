"""`python -m app …` is the same as `tonglan …`."""

from app.cli import main

main()
