"""HTTP connections before Django sees them: limits, deadlines and flow control."""
