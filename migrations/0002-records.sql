-- What the program remembers for itself between two runs: what it knows of files and folders, which outputs it wrote.
-- Nothing of it is needed to use the data; without it the next pass looks at everything anew.

CREATE TABLE records (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
