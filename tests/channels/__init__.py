"""Messages and their receivers: real local servers, slow and dead ones included."""
