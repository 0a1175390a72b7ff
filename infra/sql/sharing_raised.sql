-- Whenever a rule was made, or changed, so that more people can see a calendar, or the same may do more.
SELECT
  time,
  calendar_id,
  COALESCE(JSON_VALUE(after, '$.scope.type'), JSON_VALUE(before, '$.scope.type')) AS grantee_type,
  COALESCE(JSON_VALUE(after, '$.scope.value'), JSON_VALUE(before, '$.scope.value')) AS grantee,
  subject,
  COALESCE(JSON_VALUE(before, '$.role'), 'none') AS role_before,
  JSON_VALUE(after, '$.role') AS role_after,
  exposure_before,
  exposure AS exposure_after,
  watch,
  sequence
FROM `${dataset}.changes`
WHERE resource = 'acl' AND exposure_change = 'raised'
