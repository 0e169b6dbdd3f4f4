"""Flag -> item: what somebody wrote is saved, with its thread, and the one who wrote it decides."""
