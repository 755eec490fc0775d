"""The page 数据质量 as data: sources by lateness, doubts, completeness."""
