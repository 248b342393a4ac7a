"""Pictures and samples to take away: sheets, arrays."""
