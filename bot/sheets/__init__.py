"""The 相談シート: its shape, its signed addresses, its pages."""
