"""Where messages come in and go out: each channel verifies, receives and renders; none knows issues or institutions."""
