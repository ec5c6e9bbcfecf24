"""The staff's web pages: queue, ticket, call intake, dispatch, call-backs."""
