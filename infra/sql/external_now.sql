-- Rules in force for somebody outside, by the domains that are internal now; the rows tell those of their time.
-- Classed as functions/calendar_watch/model/exposure.py does: nothing is inside that cannot be proved to be.
WITH classed AS (
  SELECT
    * EXCEPT (exposure),
    CASE
      WHEN role = 'none' THEN 'none'
      WHEN grantee_type = 'default' THEN 'public'
      WHEN grantee_type = 'user' AND grantee = calendar_id AND ENDS_WITH(grantee, '@group.calendar.google.com')
        THEN 'internal'
      WHEN grantee_type IN ('user', 'group')
        AND LOWER(REGEXP_EXTRACT(grantee, r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@([A-Za-z0-9.-]+)$"))
        IN UNNEST(ARRAY<STRING>[${internal_domains}])
        THEN 'internal'
      WHEN grantee_type = 'domain' AND LOWER(REGEXP_EXTRACT(grantee, r'^[A-Za-z0-9.-]+$'))
        IN UNNEST(ARRAY<STRING>[${internal_domains}])
        THEN 'internal'
      ELSE 'external'
    END AS exposure
  FROM `${dataset}.acl_now`
)
SELECT * FROM classed WHERE exposure IN ('external', 'public')
