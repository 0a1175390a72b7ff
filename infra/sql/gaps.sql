-- Numbers that are missing between the first and the last seen of a watch. After a restore a watch goes on up to a
-- million higher, with a baseline: that is none. What had been told since the backup makes the jump a little shorter.
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
)
SELECT
  numbered.watch,
  last_seen + 1 AS first_missing,
  numbered.sequence - 1 AS last_missing,
  last_time AS seen_before,
  time AS seen_after
FROM numbered
LEFT JOIN baselines ON numbered.watch = baselines.watch AND numbered.sequence = baselines.sequence
WHERE numbered.sequence > last_seen + 1
  AND NOT (baselines.sequence IS NOT NULL AND numbered.sequence - last_seen > 500000)
