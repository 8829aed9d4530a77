-- What questions to all experiments look at, apart from what makes the rows of these tables wide.

ALTER TABLE summaries ADD COLUMN objective_final TEXT;

-- The figure of the objective as column `figures` has it, cut out of the JSON text so that no digit is lost; `null` there is a missing one.
UPDATE summaries SET objective_final = (
  SELECT nullif(substr(behind.text, 1, instr(behind.text, ',') - 1), 'null')
  FROM (
    SELECT substr(figures, instr(figures, begin.text) + length(begin.text)) AS text
    FROM (SELECT '[' || json_quote(objective) || ',' AS text) AS begin
    WHERE instr(figures, begin.text) > 0
  ) AS behind
);

CREATE INDEX summaries_asked ON summaries (
  experiment, objective, objective_final, ranks, planned_epochs, last_epoch, total_training_time, seconds_per_epoch
);

CREATE INDEX experiments_asked ON experiments (id, status, nodes, changed_ms, log_mtime_ms);

CREATE INDEX experiments_asked_settings ON experiments (id, settings);
