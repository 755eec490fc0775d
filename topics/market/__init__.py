"""Market supervision: rules that its refreshers and pages follow."""
