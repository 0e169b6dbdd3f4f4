"""The wire to Slack: what comes in, what goes out, and Slack's own words for both."""
