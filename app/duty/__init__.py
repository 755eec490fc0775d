"""值班 over the whole program: open items of a handover, the 快报, day names."""
