"""The plan as text: user's code by LibCST, the frame around it by Jinja2."""
