"""Sociological surveys that feed the index of reform: asked by link or paper, answered by nobody knows whom."""
