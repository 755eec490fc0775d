"""Water: rules that its refreshers and pages follow."""
