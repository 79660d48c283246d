/// A dbt project that uses what dbt projects use, by path.
enum ImportFixture {
    static let files: [String: String] = [
        "dbt_project.yml": """
            name: film_shop
            vars:
              first_day: '2015-01-01'
              film_shop: {limit_rows: 100}
            models:
              film_shop:
                +materialized: view
                marts: {+materialized: table, +schema: marts, +tags: [nightly]}
            seeds:
              film_shop:
                countries: {+column_types: {code: varchar(2)}, +grants: {select: [reader]}, +pre-hook: "SELECT 'first'"}
            on-run-start: "SELECT 1"
            """,
        "macros/money.sql": """
            {% macro cents(column, digits=2) -%}
              round({{ column }} / 100.0, {{ digits }})
            {%- endmacro %}
            """,
        "models/docs.md": "{% docs rating_about %}\nStars, 0.5 to 5.\n{% enddocs %}\n",
        "models/sources.yml": """
            version: 2
            sources:
              - name: netflix
                database: MOVIELENS
                schema: RAW
                freshness: {warn_after: {count: 1, period: day}}
                tables:
                  - name: r_ratings
                    identifier: raw_ratings
                    loaded_at_field: rated
                    config: {freshness: {error_after: {count: 36, period: hour}}}
                    description: Ratings as they come.
                    columns:
                      - {name: userId, data_type: integer}
                      - {name: rating, data_type: float, tests: [not_null]}
                  - name: r_tags
                    freshness: null
            """,
        "models/schema.yml": """
            version: 2
            groups:
              - name: finance
                owner: {name: Ann, email: ann@example.org}
            models:
              - name: stg_ratings
                columns:
                  - name: rating
                    description: '{{ doc("rating_about") }}'
                    data_tests:
                      - not_null: {config: {severity: warn, where: "user_id > 0"}}
                      - dbt_utils.accepted_range: {min_value: 0.5, max_value: 5}
                      - my_own_test
              - name: fct_ratings
                description: "Ratings, \\"as they are\\"."
                config: {group: finance, meta: {owner: ann}}
                tests:
                  - dbt_utils.unique_combination_of_columns:
                      arguments: {combination_of_columns: [user_id, movie_id]}
                  - dbt_utils.expression_is_true: {expression: "rating >= 0"}
                columns:
                  - name: user_id
                    tests:
                      - not_null
                      - relationships: {to: ref('dim_users'), field: user_id}
              - name: dim_users
                columns:
                  - {name: user_id, tests: [unique, not_null]}
                  - {name: country, tests: [{accepted_values: {values: [de, fr]}}, {relationships: {to: ref('countries'), field: code}}]}
            exposures:
              - name: ratings_board
                type: dashboard
                owner: {name: Ann}
                depends_on: [ref('fct_ratings'), ref('nowhere')]
            unit_tests:
              - name: newer_ratings_only
                description: Of two ratings the newer one is added.
                model: fct_ratings
                overrides: {macros: {is_incremental: true}}
                given:
                  - input: ref('stg_ratings')
                    rows:
                      - {user_id: 1, movie_id: "10", rating: 4.5, rated_at: 2024-01-02}
                      - {user_id: 2, movie_id: "a,\\"b\\"", rated_at: 2023-01-01}
                  - input: this
                    format: csv
                    rows: |
                      user_id,rated_at
                      7,2024-01-01
                expect:
                  rows:
                    - {user_id: 1, rating: 4.5}
              - name: counted_users
                model: dim_users
                given:
                  - {input: ref('stg_ratings'), format: csv, fixture: two_users}
                  - {input: ref('countries'), rows: []}
                expect: {format: csv, fixture: two_users}
              - name: with_a_variable
                model: dim_users
                overrides: {vars: {first_day: '2016-01-01'}}
                given: []
                expect: {rows: []}
              - name: of_sql
                model: dim_users
                given: [{input: ref('stg_ratings'), format: sql, rows: select 1 as user_id}]
                expect: {rows: []}
            metrics:
              - name: rating_count
                type: simple
            semantic_models:
              - name: ratings_model
            """,
        "tests/fixtures/two_users.csv": "user_id\n1\n2\n",
        "models/marts/batched.sql": """
            {{ config(materialized='incremental', incremental_strategy='microbatch', event_time='rated_at',
                      begin='2024-01-31', batch_size='month', lookback=2) }}
            select user_id, rated_at from {{ ref('stg_ratings') }}
            """,
        "models/marts/replaced.sql": """
            {{ config(materialized='incremental', incremental_strategy='insert_overwrite') }}
            select user_id from {{ ref('stg_ratings') }}
            """,
        "models/marts/merged.sql": """
            {{ config(materialized='incremental', unique_key='user_id', merge_update_columns=['rating'],
                      incremental_predicates=["DBT_INTERNAL_DEST.rating > 1"]) }}
            select user_id, rating, rated_at from {{ ref('stg_ratings') }}
            """,
        "models/marts/all_rows.sql": """
            {{ dbt_utils.union_relations(relations=[ref('stg_ratings'), ref('dim_users')], source_column_name='came_from') }}
            """,
        "models/marts/starred.sql": """
            select {{ dbt_utils.star(ref('dim_users'), except=['since']) }}, {{ audit.twice('user_id') }} as two,
                {{ dbt.datediff("since", "current_date()", "day") }} as days, {{ date_trunc('month', 'since') }} as month
            from {{ ref('dim_users') }}
            """,
        "dbt_packages/audit/dbt_project.yml": "name: audit\n",
        "dbt_packages/audit/macros/twice.sql": """
            {% macro twice(c) %}{{ return(adapter.dispatch('twice', 'audit')(c)) }}{% endmacro %}
            {% macro default__twice(c) -%} {{ inner(c) }} * 2 {%- endmacro %}
            {% macro inner(c) -%} ({{ c }}) {%- endmacro %}
            """,
        "snapshots/ended.sql": """
            {% snapshot ended %}
            {{ config(unique_key='user_id', strategy='timestamp', updated_at='rated_at', hard_deletes='new_record',
                      dbt_valid_to_current="to_date('9999-12-31')", snapshot_meta_column_names={'dbt_valid_from': 'held_from'},
                      post_hook=["SELECT 'kept'", "SELECT 2"]) }}
            select user_id, rated_at from {{ ref('stg_ratings') }}
            {% endsnapshot %}
            """,
        "models/staging/stg_ratings.sql": """
            with raw as (select * from {{ source('netflix', 'r_ratings') }})
            select userId as user_id, movieId as movie_id, rating, to_timestamp_ltz(timestamp) as rated_at
            from raw;
            """,
        "models/staging/stg_tags.sql": """
            {{ config(materialized='ephemeral') }}
            select userId as user_id, tag, {{ cents('price') }} as price from {{ source('netflix', 'r_tags') }}
            """,
        "models/marts/dim_users.sql": """
            select distinct r.user_id, c.code as country, '{{ var("first_day") }}'::date as since
            from {{ ref('stg_ratings') }} r left join {{ ref('countries') }} c on c.n = r.user_id % 2
            """,
        "models/marts/fct_ratings.sql": """
            {{ config(materialized='incremental', unique_key=['user_id', 'movie_id'], on_schema_change='fail',
                      post_hook="SELECT 'done'") }}
            {%- set kinds = ['good', 'bad'] %}
            select r.user_id, r.movie_id, r.rating, r.rated_at,
                {{ dbt_utils.generate_surrogate_key(['r.user_id', 'r.movie_id']) }} as rating_key,
                {% for kind in kinds %}{{ "'" ~ kind ~ "'" }} as {{ kind }}{% if not loop.last %},{% endif %}
                {% endfor %}
            from {{ ref('stg_ratings') }} r
            {% if is_incremental() %}
            where r.rated_at > (select max(rated_at) from {{ this }})
            {% endif %}
            """,
        "models/marts/pivoted.sql": """
            select user_id
            {% set names = dbt_utils.get_column_values(ref('stg_tags'), 'tag') %}
            from {{ ref('stg_tags') }}
            """,
        "models/marts/of_pivoted.sql": "select * from {{ ref('pivoted') }}",
        "models/marts/days.sql": """
            with days as ({{ dbt_utils.date_spine(datepart="day", start_date="'2026-01-01'::date", end_date="current_date()") }}),
            first as ({{ dbt_utils.deduplicate(ref('countries'), partition_by='code', order_by='n desc') }}),
            base as ({{ dbt_date.get_base_dates(n_dateparts=365 * 2, datepart="day") }})
            select date_day::date as day, {{ dbt_utils.pivot('code', ["de", "fr"], quote_identifiers=false, suffix='') }},
                max(first.code) as first
            from days left join first on first.n = 0 where date_day in (select date_day from base) group by 1
            """,
        "models/marts/scored.py": "def model(dbt, session): pass\n",
        "snapshots/snap.sql": """
            {% snapshot snap_ratings %}
            {{ config(target_schema='snapshots', unique_key='user_id', strategy='check', check_cols=['rating'],
                      invalidate_hard_deletes=True) }}
            select user_id, rating from {{ ref('stg_ratings') }}
            {% endsnapshot %}
            """,
        "seeds/countries.csv": "code,n,since\nde,0,1990-10-03\nfr,1,\n",
        "tests/no_future.sql": "select user_id from {{ ref('fct_ratings') }} where rated_at > current_timestamp()",
        "analyses/best.sql": "select user_id, avg(rating) as mean from {{ ref('fct_ratings') }} group by 1 order by 2 desc",
    ]
}
