"""The explorer's parts: what asks for pictures, and one module a tab."""
