"""A person who could not apply something -> somebody who can: help requests, and what comes of each barrier."""
