"""编制 → 审核 → 发布: what becomes of an upload until it is live, and who decides."""
