"""The program: composition, configuration, command line, HTTP API, pages, security, push."""
