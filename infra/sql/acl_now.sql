-- Rules in force. What a watch has not told since its last baseline began is gone; one whose baseline is not in the
-- stream is not here, and neither is one that has stopped.
WITH told AS (
  SELECT * FROM `${dataset}.changes` WHERE resource = 'acl'
),
baselines AS (
  SELECT watch, baseline_from FROM told
  WHERE type IN ('calendarwatch.watch.opened.v1', 'calendarwatch.watch.resynced.v1') AND counts IS NULL
  QUALIFY ROW_NUMBER() OVER (PARTITION BY watch ORDER BY sequence DESC) = 1
),
states AS (
  SELECT watch, state FROM told
  WHERE state IS NOT NULL
  QUALIFY ROW_NUMBER() OVER (PARTITION BY watch ORDER BY sequence DESC) = 1
)
SELECT
  watch,
  calendar_id,
  subject,
  item_id,
  JSON_VALUE(after, '$.scope.type') AS grantee_type,
  JSON_VALUE(after, '$.scope.value') AS grantee,
  JSON_VALUE(after, '$.role') AS role,
  exposure,
  states.state = 'suspended' AS suspended,
  time AS since,
  sequence,
  after AS rule
FROM told
JOIN baselines USING (watch)
JOIN states USING (watch)
WHERE item_id IS NOT NULL AND sequence >= baselines.baseline_from AND states.state != 'stopped'
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY watch, item_id ORDER BY sequence DESC) = 1
  AND NOT ENDS_WITH(type, '.deleted.v1')
