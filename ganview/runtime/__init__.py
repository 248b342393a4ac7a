"""The threads, without Qt: runs that train, a renderer, jobs, and their mailboxes."""
