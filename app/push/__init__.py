"""Pushing changes to the screens: hub, feeds, mailboxes."""
