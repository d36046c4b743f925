"""The API's views, a module for each kind of object."""
