"""The economy: rules that its refreshers and pages follow."""
