"""A layer of lines as a directed network: what lies upstream and downstream of a place, how far."""

from layers.network.build import build_network
from layers.network.graph import LineNetwork, Reached, Snapped
from layers.network.kept import KeptNetworks

__all__ = ["KeptNetworks", "LineNetwork", "Reached", "Snapped", "build_network"]
