"""The threads, without Qt: a session that trains, a renderer, jobs, and their mailboxes."""
