"""Questions about a layer that need its geometry: what lies inside a drawn area."""

from layers.analysis.area import Area, area_of
from layers.analysis.within import Inside, inside

__all__ = ["Area", "Inside", "area_of", "inside"]
