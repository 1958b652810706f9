"""The console of staff, at /staff: pages made on the server, behind accounts. Off until there is an account."""
