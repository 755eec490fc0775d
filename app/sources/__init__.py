"""The page 数据接入: refreshers, their runs and what waits for a person."""
