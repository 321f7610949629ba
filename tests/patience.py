"""How long tests wait for what another process does. It costs nothing where all is well, and a busy machine is no fault
of what is tested."""

PATIENCE_SECONDS = 300
STEP_SECONDS = 90  # for one step in a browser
