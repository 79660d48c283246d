/// What to write in place of what dbt works out while it runs.
enum JinjaAdvice {
    static func of(_ name: String) -> String? {
        switch name {
        case "run_query", "load_result", "statement", "dbt_utils.get_single_value", "dbt_utils.get_query_results_as_dict",
             "dbt_utils.get_tables_by_pattern_sql":
            return query(name)
        case "run_started_at":
            return "run_started_at is known when dbt runs: write current_timestamp() in SQL in its place, without quotes"
        case "invocation_id":
            return "invocation_id is known when dbt runs: write uuid_string() in SQL in its place, without quotes"
        case "modules": return "modules is Python's: write the dates in SQL, such as dateadd(day, -3, current_date())"
        case "graph": return "graph is not known here: write the names that are wanted, {% set names = ['…'] %}"
        case "dbt_utils.get_relations_by_pattern", "dbt_utils.get_relations_by_prefix", "adapter.get_relation",
             "api", "adapter.list_relations_without_caching", "load_relation", "adapter.check_schema_exists":
            return "\(name) asks the warehouse which tables there are: write them, [ref('a'), source('b', 'c')]"
        default: return nil
        }
    }

    static func query(_ name: String) -> String {
        "\(name) asks the warehouse while the project is read: write what it gives in its place, {% set names = ['…'] %}"
    }

    static func columns(_ name: String, of relation: String) -> String {
        "\(name) needs the columns of \(relation): name them in its YAML file (columns:), or write them in its place"
    }

    static func values(of column: String, in relation: String) -> String {
        "dbt_utils.get_column_values needs the values of \(column) of \(relation), which is no seed: write them in its place, "
            + "{% set names = ['…'] %}, or name them in a test accepted_values of that column"
    }
}
