"""生态环境: air quality by HJ 633 from concentrations."""
