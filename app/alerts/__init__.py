"""Alerts as people see and handle them: rows, details, actions, 法定预警."""
