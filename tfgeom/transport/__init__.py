"""What current meets on its way: through the films, in closed form and by finite elements, and over time."""
