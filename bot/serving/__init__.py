"""The process that serves: its application behind Sanic."""
