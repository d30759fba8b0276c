"""The outbox looks after itself: what a worker that died had in hand is taken up by the next (hộp thư đi)."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status


@app.periodic(cron="* * * * *", periodic_id="outbox")
@app.task(queue="outbox", name="journal.take_up", queueing_lock="journal.take_up", pass_context=True)
async def take_up(context: JobContext, timestamp: int) -> None:
    """Queue again the jobs whose worker shows no sign of life; every job is safe to repeat.

    Else a message would be lost, and the later ones of its lock would wait for it for ever. A job that comes back by
    the clock is dropped instead: the next one is queued already.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        if job.queueing_lock:
            await manager.finish_job(job, Status.FAILED, delete_job=True)
        else:
            await manager.retry_job(job)
