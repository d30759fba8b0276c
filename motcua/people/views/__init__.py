"""What people see of units, officers and accounts; signing in and out; what frames every page."""
