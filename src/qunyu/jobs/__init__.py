"""Durable background work behind one small port, `qunyu.jobs.port`; nothing else knows the engine (DBOS).

Declare, in a package's tasks.py (found by itself):

    @job("events.import", queue="lake")
    def import_files(import_id: int) -> dict[str, int]:
        for chunk in chunks_of(import_id):
            with once(f"chunk {chunk.number}") as first:
                if first:
                    chunk.commit()
        return {"chunks": chunk.number}

Ask for it by name, in the transaction that makes it necessary; a low package may ask for a high one's job:

    with transaction.atomic():
        batch = Import.objects.create(...)
        job_id = enqueue("events.import", key=f"import {batch.pk}", import_id=batch.pk)

- The job exists if and only if the transaction commits. With a `key` it exists once, however often it is asked for.
- Arguments are a few plain ids. Data, and above all personal data, stays in tables.
- A job may be begun more than once (a worker was killed, a computer restarted), always from its first line. Each effect
  therefore stands under `once(step)`: guard and effect commit in one transaction. A step's name must be the same at
  every begin. What lies outside the database (a file, a message) must be repeatable, or be marked by a row first.
- `queue="lake"` is for whatever writes the lake: never two at once, over all processes and `run_now`.
- `cron="5 0 * * *"` in `@job` asks for it by the clock, in the deployment's zone; a time missed is made up, once.
- One job per batch, never per message: the engine manages about 300 a second.

`status`, `list_jobs`, `wait`, `cancel` and `retry` are for people's screens. `run_now` runs the function in the calling
process, for `qunyu report` and tests. `qunyu.jobs.worker.run()` is the worker; start as many as wanted: several share
SQLite on one machine, and PostgreSQL over machines that see the same QUNYU_DATA.
"""
