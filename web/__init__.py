"""What the pages share: templates, sign-in, CSRF, security headers, event streams, static files."""
