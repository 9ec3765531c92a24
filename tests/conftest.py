"""Lets every test import the fakes that lie beside this file."""
