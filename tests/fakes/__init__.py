"""Servers that stand in for the ones outside: they refuse what those refuse, and fail as those fail."""
