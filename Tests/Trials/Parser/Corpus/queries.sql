-- Queries: every clause and expression of the dialect, several ways of writing each.
SELECT 1; SELECT 1 AS one, 'two' two, NULL "Three"; select 1,; SELECT DISTINCT a, b FROM t; SELECT ALL a FROM t;
SELECT TOP 5 * FROM t; SELECT TOP (5) a FROM t; SELECT TOP ? a FROM t; SELECT top FROM t;
SELECT * FROM db..t; SELECT t.* FROM a.b.t; SELECT a.b.t.* EXCLUDE (x, y) FROM a.b.t;
SELECT * EXCLUDE x RENAME (a AS b, "c" AS d) FROM t; SELECT * ILIKE '%id%' FROM t;
SELECT * REPLACE (a + 1 AS a, upper(b) AS b) RENAME c AS d FROM t; SELECT t.*, u.* EXCLUDE k FROM t JOIN u USING (k);
SELECT timestamp, date, year, tag, value, index, key, type, role, comment, name, rank, month, count FROM raw;
SELECT t.timestamp, t.order, r.date AS "date" FROM t; SELECT left, right, end, start, row FROM t;
SELECT a limit FROM t; SELECT a AS first, b AS last, c value FROM t limit 3; SELECT offset FROM t OFFSET 2;
SELECT a FROM t AS x (p, q) WHERE p > 1 AND (q < 2 OR q IS NULL) AND NOT p = 3;
SELECT a, count(*) FROM t GROUP BY a HAVING count(*) > 1 QUALIFY row_number() OVER (ORDER BY a) = 1 ORDER BY 2 DESC NULLS LAST, a;
SELECT a, b, sum(c) FROM t GROUP BY ALL ORDER BY ALL DESC NULLS FIRST LIMIT 10 OFFSET 5;
SELECT a, b FROM t GROUP BY ROLLUP (a, (b, c)); SELECT a FROM t GROUP BY CUBE (a, b), c;
SELECT a, b FROM t GROUP BY GROUPING SETS ((a, b), a, (), ROLLUP (a, b)); SELECT a FROM t GROUP BY (a, b), ();
SELECT a FROM t ORDER BY a ASC NULLS FIRST OFFSET 3 ROWS FETCH FIRST 2 ROWS ONLY; SELECT a FROM t FETCH 5;
SELECT a FROM t FETCH NEXT ROW ONLY; SELECT a FROM t LIMIT NULL OFFSET 0; SELECT a FROM t LIMIT $n OFFSET ?;
SELECT 1 UNION SELECT 2 UNION ALL SELECT 3 INTERSECT SELECT 4 EXCEPT SELECT 5 MINUS SELECT 6;
(SELECT 1 ORDER BY 1 LIMIT 1) UNION ALL (SELECT 2) ORDER BY 1; (SELECT 1) UNION ALL BY NAME SELECT 2;
SELECT 1 UNION (SELECT 2 UNION SELECT 3); ((SELECT 1)); (SELECT 1 LIMIT 1) LIMIT 2; SELECT 1 UNION DISTINCT SELECT 2;
WITH a AS (SELECT 1 AS x), b (y) AS (SELECT x FROM a) SELECT * FROM a, b WHERE a.x = b.y;
WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 10) SELECT * FROM r;
WITH recursive AS (SELECT 1) SELECT * FROM recursive; WITH x AS (WITH y AS (SELECT 1) SELECT * FROM y) SELECT * FROM x;
VALUES (1, 'a'), (2, 'b'); SELECT * FROM VALUES (1, 2), (3, 4) AS v (a, b); SELECT $1, t.$2 FROM (VALUES (1, 2)) t;
SELECT column1 FROM (VALUES (1)) AS t (column1); SELECT * FROM (SELECT 1) s; SELECT * FROM ((SELECT 1) UNION (SELECT 2)) s;
-- Joins
SELECT * FROM a JOIN b ON a.x = b.x LEFT OUTER JOIN c USING (x, y) RIGHT JOIN d ON TRUE FULL OUTER JOIN e ON a.x = e.x;
SELECT * FROM a INNER JOIN b CROSS JOIN c NATURAL JOIN d NATURAL LEFT JOIN e; SELECT * FROM a, b c, d AS e WHERE a.x = c.x (+);
SELECT * FROM a JOIN (b JOIN c ON b.x = c.x) ON a.x = b.x; SELECT * FROM (a JOIN b ON a.x = b.x); SELECT * FROM (a AS x);
SELECT * FROM trades t ASOF JOIN quotes q MATCH_CONDITION (t.at >= q.at) ON t.sym = q.sym;
SELECT * FROM trades ASOF JOIN quotes MATCH_CONDITION (trades.at >= quotes.at) USING (sym);
SELECT * FROM t, LATERAL FLATTEN(INPUT => t.genres) f; SELECT * FROM t, TABLE(FLATTEN(t.v:items, 'a.b', OUTER => TRUE)) AS f;
SELECT * FROM t, LATERAL (SELECT * FROM u WHERE u.id = t.id) l; SELECT * FROM t INNER JOIN LATERAL FLATTEN(t.a) f ON TRUE;
SELECT seq4() FROM TABLE(GENERATOR(ROWCOUNT => 10, TIMELIMIT => 1)); SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()));
SELECT * FROM TABLE('db.s.t'); SELECT * FROM TABLE($name); SELECT * FROM IDENTIFIER($name) t; SELECT * FROM TABLE(?);
SELECT * FROM IDENTIFIER('a.b') AT (OFFSET => -60 * 5) x; SELECT * FROM t BEFORE (STATEMENT => '01ab-cd') JOIN u ON t.a = u.a;
SELECT * FROM t AT (TIMESTAMP => '2024-01-01 00:00:00'::timestamp_ltz) AS old; SELECT * FROM TABLE(information_schema.copy_history(table_name => 'T'));
SELECT * FROM t SAMPLE (10); SELECT * FROM t TABLESAMPLE BERNOULLI (3.5) SEED (42); SELECT * FROM t x SAMPLE SYSTEM (10 ROWS) REPEATABLE (1);
SELECT $1, $2:name::string, t.$3 FROM @stage/path/f.csv (FILE_FORMAT => 'ff', PATTERN => '.*') t; SELECT metadata$filename FROM @~/x;
SELECT t.$1 FROM '@db.sch."My Stage"/a b.csv' (FILE_FORMAT => db.ff) t; SELECT $1 FROM @%t; SELECT $1 FROM @db.sch.%t/x=1/y.csv.gz;
SELECT * FROM s PIVOT (SUM(amount) FOR month IN ('JAN', 'FEB' AS feb)) AS p (id, a, b) ORDER BY 1;
SELECT * FROM s PIVOT (SUM(amount) FOR month IN (ANY ORDER BY month) DEFAULT ON NULL (0)); SELECT * FROM s PIVOT (MAX(a) FOR m IN (SELECT m FROM ms));
SELECT * FROM s UNPIVOT (sales FOR month IN (jan, feb AS 'February')) ; SELECT * FROM s UNPIVOT INCLUDE NULLS (v FOR n IN (a, b)) u;
SELECT employee, LEVEL, SYS_CONNECT_BY_PATH(name, '/') FROM e START WITH boss IS NULL CONNECT BY boss = PRIOR id AND PRIOR x = 1;
-- Operators
SELECT 1 + 2 * 3 - 4 / 5 % 6, (1 + 2) * 3, -a, - -a, +a, -(-1), 1 - (2 - 3), 2 * (3 * 4), (a - b) - c, -x::int, (-x)::int;
SELECT a || b || c, a || (b || c), (a || b) || c + 1, 'x' || 1 + 2; SELECT NOT a AND NOT (b OR c), NOT NOT a, (NOT a) = b, a = (NOT b);
SELECT a AND b AND c OR d AND (e OR f) OR g; SELECT (a AND b) AND (c AND d); SELECT a = b, a <> b, a != b, a < b, a <= b, a > b, a >= b;
SELECT (a = b) = c, a = (b = c), (a < b) IS NULL, a IS NOT NULL = b, a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b + 1;
SELECT a IS TRUE, a IS NOT FALSE, a IS UNKNOWN; SELECT a BETWEEN 1 AND 2 AND b NOT BETWEEN 3 AND 4 + 5; SELECT (a BETWEEN 1 AND 2) BETWEEN b AND c;
SELECT a IN (1, 2), a NOT IN (SELECT b FROM c), (a, b) IN ((1, 2), (3, 4)), a IN ((SELECT 1), 2), a IN ((SELECT 1)), a IN (1 + 1);
SELECT a LIKE 'x%', a NOT ILIKE 'y' ESCAPE '!', a RLIKE '\\d+', a REGEXP 'z' AND TRUE, a NOT RLIKE 'q', like(a, 'x'), rlike(a, 'b', 'i');
SELECT a LIKE ANY ('x%', 'y%') ESCAPE '!', a ILIKE ALL ('x', 'y'), a NOT LIKE ANY (SELECT p FROM ps); SELECT a = ANY (SELECT 1), a <> ALL (SELECT b FROM c), a > SOME (SELECT 1);
SELECT EXISTS (SELECT 1 FROM t), NOT EXISTS (SELECT 1); SELECT (SELECT max(x) FROM t) + 1, ((SELECT 1) + 1), ((SELECT 1));
SELECT CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END, CASE x WHEN 1 THEN 'a' END, CASE WHEN CASE WHEN a THEN b END THEN c END end;
SELECT a::number(10, 2)::varchar(5), CAST(a AS timestamp_ntz(3)), TRY_CAST('1' AS int), a::timestamp with time zone, a::double precision, a::array(int not null);
SELECT a::object(x int, y varchar not null), a::map(varchar, int), a::vector(float, 3), CAST(x AS char varying(3)), x::time(3), x::TIMESTAMP WITHOUT TIME ZONE;
SELECT v:a, v:a.b[0]['x'].c, v:"key with space".B, v['a']['b'], v[0][1], v['a'].b, parse_json(x):a[0]::string, (v:a):b, $1:a.b::int, v:select.from;
SELECT [1, 2, 3], [], {'a': 1, 'b': v:x, 'c': {}}, {*}, {* EXCLUDE a}, [1][0], object_construct(*), object_construct(t.* EXCLUDE x), array_construct();
SELECT 'it''s', 'a\'b', 'tab\there', 'back\\slash', 'nl\nend', '\x41\u00e9\101\0', 'unknown \q', $$raw 'string' \n$$, '', 'é☃', 'line
break';
SELECT 1, 1.0, .5, 1., 1e10, 1.5E-3, 0.10, 12345678901234567890123456789012345678; SELECT X'48656c6c6f', x'';
SELECT DATE '2024-01-01', TIME '12:00', TIMESTAMP '2024-01-01 00:00', TIMESTAMP_LTZ '2024-01-01', INTERVAL '1 year, 3 days', INTERVAL '5' DAY, INTERVAL '1-2' YEAR TO MONTH;
SELECT d + INTERVAL '1 month', d - interval '2 hours', CURRENT_DATE - 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP(), current_time(3), CURRENT_USER, LOCALTIMESTAMP;
SELECT date(a), time('x'), timestamp(b), date '2020-01-01' AS date, year(d), left('abc', 1), right(s, 2), insert('abc', 1, 1, 'x'), replace(a, b), if(a, b, c), "quoted fn"(1);
SELECT EXTRACT(year FROM d), extract('epoch_second' from d), date_part(year, d), date_part('month', d), dateadd(day, -1, d), datediff('day', a, b), date_trunc(month, d), position('a' in b), position('a', b);
SELECT trim(x), trim(x, 'y'), trim(both 'x' from y), trim(leading from y), trim(trailing 'z' from y), substring(x, 1, 2), substring(x from 2), substring(x from 2 for 3), substr(substr(substr(x, 1), 2), 3);
SELECT transform(a, x -> x * 2), filter(a, (x) -> x > 1), reduce(a, 0, (acc, x) -> acc + x), transform(a, x INT -> x + 1), transform(a, (x INT, y VARCHAR) -> y);
SELECT ?, :1, :name, :"Quoted", $var, identifier('c'), identifier($c), identifier('db.f')(1), seq.NEXTVAL, t.c::int, a.b.c.d, db.sch.f(1), db..f(2);
-- Functions and windows
SELECT count(*), count(t.*), count(DISTINCT a, b), count(ALL a), sum(DISTINCT x), listagg(DISTINCT a, ', ') WITHIN GROUP (ORDER BY a DESC, b), array_agg(a) WITHIN GROUP (ORDER BY b);
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) OVER (PARTITION BY y), array_agg(x ORDER BY y DESC), sum(x) FILTER (WHERE x > 1), f(input => 1, "Mixed" => 2, a);
SELECT row_number() OVER (PARTITION BY a, b ORDER BY c DESC NULLS LAST), rank() OVER w, sum(x) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), sum(x) OVER () FROM t WINDOW w AS (PARTITION BY a), v AS (w ORDER BY b);
SELECT first_value(x IGNORE NULLS) OVER (ORDER BY y), last_value(x) RESPECT NULLS OVER (ORDER BY y), nth_value(x, 2) FROM LAST IGNORE NULLS OVER (ORDER BY y), nth_value(x, 2) FROM FIRST OVER (ORDER BY y);
SELECT sum(x) OVER (ORDER BY y ROWS UNBOUNDED PRECEDING), sum(x) OVER (ORDER BY y RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), sum(x) OVER (ORDER BY d RANGE BETWEEN INTERVAL '1 day' PRECEDING AND 2 FOLLOWING), sum(x) OVER (ROWS BETWEEN CURRENT ROW AND 1 + 1 FOLLOWING), sum(x) OVER (ORDER BY y GROUPS 2 PRECEDING);
SELECT lag(a, 1, 0) OVER (ORDER BY b), ntile(4) OVER (ORDER BY a), ratio_to_report(a) OVER (PARTITION BY b), conditional_true_event(a > 1) OVER (ORDER BY b), a COLLATE 'en-ci' = b, grouping(a), array(SELECT 1);
SELECT a FROM t WINDOW w AS (ORDER BY a) QUALIFY rank() OVER w = 1; SELECT "a""b", "select", "Mixed Case"."from" FROM "My DB"."My Schema"."My Table" AS "T 1";
SELECT hash(*), min_by(a, b), max_by(a, b, 3), approx_top_k(a, 5), iff(a > b, a, b), coalesce(a, b), nvl(a, 0), zeroifnull(x), decode(a, 1, 'x', 2, 'y', 'z'), greatest(1, 2, 3);
SELECT a /* comment */ , b -- another
, c // third
FROM t; SELECT 1 /* ; not an end */; SELECT ';' ";", $$;$$; ;;
SELECT m.movie_title, AVG(r.rating) AS average, COUNT(DISTINCT r.user_id) AS users FROM fct_ratings r JOIN dim_movies m ON r.movie_id = m.movie_id GROUP BY m.movie_title HAVING COUNT(*) > 100 ORDER BY average DESC LIMIT 20;
SELECT genre.value::string AS genre, AVG(r.rating) FROM fct_ratings r JOIN dim_movies m ON m.movie_id = r.movie_id, LATERAL FLATTEN(INPUT => m.genre_array) genre GROUP BY genre ORDER BY 2;
WITH ranked AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY genre ORDER BY avg_rating DESC, movie_id) AS rn FROM g) SELECT * FROM ranked WHERE rn <= 10;
SELECT md5(CAST(COALESCE(CAST(user_id AS TEXT), '_dbt_utils_surrogate_key_null_') || '-' || COALESCE(CAST(tag AS TEXT), '') AS TEXT)) AS row_key FROM src_tags
;
SELECT session, number, exclude, rename, replace, match_condition FROM xxx, yyy, zzz,; SELECT * FROM xxx, yyy, WHERE a = b; SELECT * FROM foo window; SELECT * FROM foo at (col), bar before, baz end, qux changes (c);
WITH t (SELECT 1 AS c) SELECT c FROM t; SELECT * FROM t1 INNER JOIN t2 USING (t1.col); SELECT a:from::STRING, a:from || ' test', a:select, value:values::string::int, a.x:from.b:c.d::int, $1.elem, t.$17:a[0].b[0].c, v:attr[0]:name;
SELECT {fn DAYNAME('2022-5-13')}, SUM({fn CEILING(5.3)}), {d '2024-01-01'}, {t '12:00:00'}, {ts '2024-01-01 00:00:00'}, {my_table.*}, {* ILIKE 'col1%'}; SELECT x::nvarchar(), hll(DISTINCT t.a), max_by(DISTINCT a, b), 1 put, 1 get;
SELECT * FROM TABLE(db.schema.func(a) OVER ()); SELECT * FROM my_table AT(OFFSET => -60*5) AS t WHERE t.flag = 'valid'; SELECT DATEADD(DAY, -7, DATEADD(t.m, 1, '2023-01-03'::DATE)) FROM (SELECT 'month' AS m) AS t; SELECT CONNECT_BY_ROOT test AS alias FROM t CONNECT BY PRIOR a = b
