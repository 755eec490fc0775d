"""Packages of topics."""
