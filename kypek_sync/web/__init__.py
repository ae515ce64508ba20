"""The web pages: server-rendered, readable without JavaScript, Greek first."""
