"""Every sentence that a resident, volunteer or member of staff reads; Chinese first."""
