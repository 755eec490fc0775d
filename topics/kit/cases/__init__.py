"""Cases: 上报 to 结案, the clocks that run on them, and who may take which step."""
