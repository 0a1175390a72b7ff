-- Numbers that are missing between the first and the last seen of a watch. After a restore a watch goes on a million
-- above what its backup knew, with a baseline: that jump is no gap. What is beyond whole millions of it, the backup knew
-- and never came; the lost database may have told more, which makes the jump a little shorter.
-- A watch that the backup did not know opens anew.
WITH numbered AS (
  SELECT
    watch, sequence, time,
    LAG(sequence) OVER (PARTITION BY watch ORDER BY sequence) AS last_seen,
    LAG(time) OVER (PARTITION BY watch ORDER BY sequence) AS last_time
  FROM `${dataset}.changes`
),
baselines AS (
  SELECT watch, LEAST(sequence, COALESCE(baseline_from, sequence)) AS sequence
  FROM `${dataset}.changes`
  WHERE type IN ('calendarwatch.watch.opened.v1', 'calendarwatch.watch.resynced.v1') AND counts IS NULL
),
counted AS (
  SELECT
    numbered.*,
    CASE
      WHEN baselines.sequence IS NULL OR numbered.sequence - last_seen < 500000 THEN numbered.sequence - last_seen - 1
      WHEN MOD(numbered.sequence - last_seen, 1000000) < 500000 THEN MOD(numbered.sequence - last_seen, 1000000)
      ELSE 0
    END AS missing
  FROM numbered
  LEFT JOIN baselines ON numbered.watch = baselines.watch AND numbered.sequence = baselines.sequence
)
SELECT
  watch,
  last_seen + 1 AS first_missing,
  last_seen + missing AS last_missing,
  last_time AS seen_before,
  time AS seen_after
FROM counted
WHERE missing > 0
