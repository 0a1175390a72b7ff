-- One row for each change: Pub/Sub may write a message twice, and its id tells. `ce-…` needs its quotes in a path.
SELECT
  JSON_VALUE(attributes, '$."ce-id"') AS id,
  JSON_VALUE(attributes, '$."ce-partitionkey"') AS watch,
  CAST(JSON_VALUE(attributes, '$."ce-sequence"') AS INT64) AS sequence,
  JSON_VALUE(attributes, '$."ce-type"') AS type,
  TIMESTAMP(JSON_VALUE(attributes, '$."ce-time"')) AS time,
  JSON_VALUE(data, '$.watch.resource') AS resource,
  JSON_VALUE(data, '$.watch.calendarId') AS calendar_id,
  JSON_VALUE(data, '$.watch.user') AS subject,
  JSON_QUERY(data, '$.watch.labels') AS labels,
  JSON_VALUE(data, '$.itemId') AS item_id,
  IF(JSON_VALUE(data, '$.before.id') IS NULL, NULL, JSON_QUERY(data, '$.before')) AS before,
  IF(JSON_VALUE(data, '$.after.id') IS NULL, NULL, JSON_QUERY(data, '$.after')) AS after,
  JSON_VALUE(data, '$.cause') AS cause,
  JSON_VALUE(data, '$.exposure.before') AS exposure_before,
  JSON_VALUE(attributes, '$."ce-exposure"') AS exposure,
  JSON_VALUE(attributes, '$."ce-exposurechange"') AS exposure_change,
  JSON_VALUE(data, '$.state') AS state,
  JSON_VALUE(data, '$.reason') AS reason,
  JSON_QUERY(data, '$.counts') AS counts,
  CAST(JSON_VALUE(data, '$.baselineFrom') AS INT64) AS baseline_from,
  publish_time
FROM `${dataset}.messages`
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY JSON_VALUE(attributes, '$."ce-id"') ORDER BY publish_time, message_id
) = 1
