"""Programmes that officers put into their structures' folders, and the answers to them."""
