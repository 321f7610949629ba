"""What the stories of the desk begin with."""

from typing import Any

from app.jobs.jobs import Job
from tests.stories.acts import WANG
from tests.village import Village

ASKS = "能带孙子去吗?"
ODD = "嘎嘎嘎"
PRESSING = "老李晕倒了快来人"


async def pushed(village: Village, **facts: Any) -> Job:
    """A job that Wang was told of."""
    await village.neighbour("王桂香", WANG, agreed=True)
    job = await village.job(**facts)
    await village.push(job, approved_by=village.second)
    return job
