"""法定预警: what their issuers publish. Kept as it came; never edited, suppressed or paused."""
