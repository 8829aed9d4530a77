-- What Slurm's accounting says of the job that wrote an experiment's log. `state` is NULL where it was asked and knew nothing
-- that fits; `records` counts how often the job was started. Where several experiments share a job, each has its figures.

CREATE TABLE slurm_jobs (
  experiment INTEGER PRIMARY KEY REFERENCES experiments (id) ON DELETE CASCADE,
  job_id TEXT NOT NULL,
  state TEXT,
  exit_code TEXT,
  start_ms REAL,
  end_ms REAL,
  elapsed_seconds REAL,
  nodes INTEGER,
  node_list TEXT,
  node_hours REAL,
  max_memory_bytes REAL,
  records INTEGER,
  asked INTEGER NOT NULL,
  asked_ms REAL NOT NULL
) STRICT;

CREATE INDEX slurm_jobs_by_job ON slurm_jobs (job_id);

-- Where the experiment was imported from; NULL for those whose log lies in the root.
ALTER TABLE experiments ADD COLUMN imported_from TEXT;
