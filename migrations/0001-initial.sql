-- What is read from logs. Times are ms since 1970 UTC, durations are seconds, offsets are bytes in the log.
-- A missing figure is NULL. NaN and infinities are NULL too, and the row's non_finite (a JSON object) says which they were.

CREATE TABLE experiments (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  log_path TEXT NOT NULL,
  folder TEXT GENERATED ALWAYS AS (rtrim(rtrim(log_path, replace(log_path, '/', '')), '/')) VIRTUAL,
  nodes INTEGER,
  status TEXT NOT NULL,
  reason TEXT,
  reason_rank INTEGER,
  log_state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  launcher TEXT NOT NULL,
  trainer TEXT NOT NULL,
  rank_relation TEXT,
  world_size INTEGER,
  job_id TEXT,
  settings TEXT NOT NULL,
  log_bytes INTEGER NOT NULL,
  log_mtime_ms REAL NOT NULL,
  log_fingerprint TEXT NOT NULL,
  status_before_gone TEXT,
  first_seen_ms REAL NOT NULL,
  changed_ms REAL NOT NULL,
  digest TEXT
) STRICT;

CREATE INDEX experiments_by_fingerprint ON experiments (log_fingerprint);

-- One row a setting. `value` is what was written, several values with a space between; `number` is it where it is one.
CREATE VIEW hyperparameters AS
SELECT
  experiments.id AS experiment,
  setting.key AS position,
  setting.value ->> 0 AS name,
  (SELECT group_concat(item.value, ' ') FROM json_each(setting.value, '$[1]') AS item) AS value,
  setting.value ->> 2 AS number
FROM experiments, json_each(experiments.settings) AS setting;

CREATE TABLE metrics (
  experiment INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  printed TEXT NOT NULL,
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE ranks (
  experiment INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  rank INTEGER,
  file TEXT,
  host TEXT,
  planned_epochs INTEGER,
  steps_per_epoch INTEGER,
  early_stop_epoch INTEGER,
  restored_epoch INTEGER,
  total_training_time REAL,
  end_status TEXT,
  end_reason TEXT,
  end_offset INTEGER,
  metrics TEXT NOT NULL,
  local_metrics TEXT NOT NULL,
  step_metrics TEXT,
  last_epoch INTEGER,
  seconds_per_step REAL,
  figures TEXT NOT NULL,
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

-- One row a metric of a rank: what it is at the rank's last complete epoch. `non_finite` is what it is where that is NaN or infinite.
CREATE VIEW rank_metrics AS
SELECT
  ranks.experiment AS experiment,
  ranks.position AS position,
  ranks.rank AS rank,
  figure.value ->> 0 AS metric,
  CASE WHEN json_type(figure.value, '$[1]') <> 'text' THEN figure.value ->> 1 END AS final,
  CASE WHEN json_type(figure.value, '$[1]') = 'text' THEN figure.value ->> 1 END AS non_finite
FROM ranks, json_each(ranks.figures) AS figure;

-- Every metric that is not among the columns below gets one of its own when it is first seen (see metric_columns).
CREATE TABLE epochs (
  experiment INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  rank INTEGER,
  segment INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  partial INTEGER NOT NULL,
  repaired INTEGER NOT NULL,
  seconds REAL,
  seconds_per_step REAL,
  non_finite TEXT,
  more TEXT,
  loss REAL,
  accuracy REAL,
  val_loss REAL,
  val_accuracy REAL,
  learning_rate REAL,
  PRIMARY KEY (experiment, position, segment, epoch)
) STRICT, WITHOUT ROWID;

-- The same epochs as means over the ranks that completed them; view epochs_mean has names too.
CREATE TABLE epochs_mean_data (
  experiment INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  segment INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  ranks INTEGER NOT NULL,
  seconds REAL,
  seconds_per_step REAL,
  non_finite TEXT,
  more TEXT,
  loss REAL,
  accuracy REAL,
  val_loss REAL,
  val_accuracy REAL,
  learning_rate REAL,
  PRIMARY KEY (experiment, segment, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_columns (
  label TEXT PRIMARY KEY,
  metric TEXT NOT NULL,
  local INTEGER NOT NULL,
  is_column INTEGER NOT NULL,
  UNIQUE (metric, local)
) STRICT;

INSERT INTO metric_columns (label, metric, local, is_column) VALUES
  ('loss', 'loss', 0, 1),
  ('accuracy', 'accuracy', 0, 1),
  ('val_loss', 'val_loss', 0, 1),
  ('val_accuracy', 'val_accuracy', 0, 1),
  ('learning_rate', 'learning_rate', 0, 1);

CREATE TABLE steps (
  experiment INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  row INTEGER NOT NULL,
  rank INTEGER,
  segment INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  step INTEGER NOT NULL,
  metrics TEXT NOT NULL,
  non_finite TEXT,
  PRIMARY KEY (experiment, position, row)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipts (
  experiment INTEGER PRIMARY KEY REFERENCES experiments (id) ON DELETE CASCADE,
  bytes INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  understood INTEGER NOT NULL,
  ignored INTEGER NOT NULL,
  repaired INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  first_ignored INTEGER,
  first_repaired INTEGER,
  first_quarantined INTEGER,
  cut_lines INTEGER NOT NULL,
  nul_bytes INTEGER NOT NULL,
  bad_utf8 INTEGER NOT NULL,
  skipped_values INTEGER NOT NULL,
  replaced_rows INTEGER NOT NULL,
  last_line_incomplete INTEGER NOT NULL,
  notes TEXT NOT NULL
) STRICT;

CREATE TABLE findings (
  experiment INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  rank INTEGER,
  what TEXT NOT NULL,
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE summaries (
  experiment INTEGER PRIMARY KEY REFERENCES experiments (id) ON DELETE CASCADE,
  objective TEXT,
  direction TEXT,
  best_epoch INTEGER,
  custom_metric TEXT,
  ranks INTEGER NOT NULL,
  planned_epochs INTEGER,
  steps_per_epoch INTEGER,
  total_training_time REAL,
  early_stop_epoch INTEGER,
  last_epoch INTEGER,
  seconds_per_epoch REAL,
  first_non_finite_epoch INTEGER,
  differs TEXT NOT NULL,
  figures TEXT NOT NULL,
  digest TEXT NOT NULL
) STRICT;

-- One row a metric of a summary. `non_finite` is what `final` is where it is NaN or infinite.
CREATE VIEW summary_metrics AS
SELECT
  summaries.experiment AS experiment,
  figure.key AS position,
  figure.value ->> 0 AS metric,
  CASE WHEN json_type(figure.value, '$[1]') <> 'text' THEN figure.value ->> 1 END AS final,
  CASE WHEN json_type(figure.value, '$[2]') <> 'text' THEN figure.value ->> 2 END AS min,
  CASE WHEN json_type(figure.value, '$[3]') <> 'text' THEN figure.value ->> 3 END AS max,
  CASE WHEN json_type(figure.value, '$[4]') <> 'text' THEN figure.value ->> 4 END AS best,
  figure.value ->> 5 AS best_epoch,
  CASE WHEN json_type(figure.value, '$[6]') <> 'text' THEN figure.value ->> 6 END AS at_best,
  CASE WHEN json_type(figure.value, '$[1]') = 'text' THEN figure.value ->> 1 END AS non_finite
FROM summaries, json_each(summaries.figures) AS figure;

-- Every hyper-parameter and summarised metric that ever occurred: each has a column in view experiments_wide.
CREATE TABLE known_names (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (kind, name)
) STRICT;

-- What people typed. Keyed by the experiment's key and tied to nothing, so that it outlives every reading.
CREATE TABLE user_notes (
  key TEXT PRIMARY KEY,
  notes TEXT NOT NULL,
  tags TEXT NOT NULL,
  keep TEXT NOT NULL,
  changed_ms REAL NOT NULL
) STRICT;

CREATE TABLE state (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
