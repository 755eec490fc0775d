"""监测告警: rules over indicators, the machine that says what they mean, the log of each alert."""
