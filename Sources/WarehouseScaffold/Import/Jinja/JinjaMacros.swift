/// Macros of dbt and dbt_utils that are no more than a piece of SQL with their arguments in it, as Snowflake's adapter
/// writes them.
struct JinjaMacros {
    /// Names in their order.
    private let parameters: [String]
    /// `{0}` stands for the first argument.
    private let template: String

    private init(_ parameters: [String], _ template: String) {
        self.parameters = parameters
        self.template = template
    }

    /// Macros by their names in dbt's own package.
    private static let dbt: [String: JinjaMacros] = [
        "any_value": JinjaMacros(["expression"], "any_value({0})"),
        "array_append": JinjaMacros(["array", "new_element"], "array_append({0}, {1})"),
        "array_concat": JinjaMacros(["array_1", "array_2"], "array_cat({0}, {1})"),
        "bool_or": JinjaMacros(["expression"], "boolor_agg({0})"),
        "cast": JinjaMacros(["field", "type"], "cast({0} as {1})"),
        "current_timestamp": JinjaMacros([], "convert_timezone('UTC', current_timestamp())"),
        "date_trunc": JinjaMacros(["datepart", "date"], "date_trunc('{0}', {1})"),
        "dateadd": JinjaMacros(["datepart", "interval", "from_date_or_timestamp"], "dateadd({0}, {1}, {2})"),
        "datediff": JinjaMacros(["first_date", "second_date", "datepart"], "datediff({2}, {0}, {1})"),
        "except": JinjaMacros([], "except"),
        "hash": JinjaMacros(["field"], "md5(cast({0} as varchar))"),
        "intersect": JinjaMacros([], "intersect"),
        "last_day": JinjaMacros(
            ["date", "datepart"], "cast(dateadd(day, -1, dateadd({1}, 1, date_trunc('{1}', {0}))) as date)"),
        "length": JinjaMacros(["expression"], "length({0})"),
        "position": JinjaMacros(["substring_text", "string_text"], "position({0} in {1})"),
        "replace": JinjaMacros(["field", "old_chars", "new_chars"], "replace({0}, {1}, {2})"),
        "right": JinjaMacros(
            ["string_text", "length_expression"], "case when {1} = 0 then '' else right({0}, {1}) end"),
        "safe_cast": JinjaMacros(["field", "type"], "try_cast({0} as {1})"),
        "split_part": JinjaMacros(["string_text", "delimiter_text", "part_number"], "split_part({0}, {1}, {2})"),
        "string_literal": JinjaMacros(["value"], "'{0}'"),
        "type_bigint": JinjaMacros([], "bigint"),
        "type_boolean": JinjaMacros([], "boolean"),
        "type_float": JinjaMacros([], "float"),
        "type_int": JinjaMacros([], "int"),
        "type_numeric": JinjaMacros([], "number(28,6)"),
        "type_string": JinjaMacros([], "varchar"),
        "type_timestamp": JinjaMacros([], "timestamp_ntz"),
    ]

    private static let utils: [String: JinjaMacros] = [
        "get_url_host": JinjaMacros(
            ["field"], "split_part(split_part(replace(replace(replace({0}, 'android-app://', ''), 'http://', ''), "
                + "'https://', ''), '/', 1), '?', 1)"),
        "log_info": JinjaMacros(["message"], ""),
        "safe_divide": JinjaMacros(["numerator", "denominator"], "({0}) / nullif(({1}), 0)"),
        "width_bucket": JinjaMacros(
            ["expr", "min_value", "max_value", "num_buckets"], "width_bucket({0}, {1}, {2}, {3})"),
    ]

    /// The macro of that name: `dbt.datediff`, the same in dbt_utils, where older projects have it from, or by itself.
    static func named(_ name: String) -> JinjaMacros? {
        guard let dot = name.lastIndex(of: ".") else { return dbt[name] }
        let plain = String(name[name.index(after: dot)...])
        switch name[..<dot] {
        case "dbt": return dbt[plain]
        case "dbt_utils": return utils[plain] ?? dbt[plain]
        default: return nil
        }
    }

    /// The SQL with the arguments in it.
    func pieces(_ arguments: JinjaArguments, _ evaluator: JinjaEvaluator) throws(JinjaError) -> [SQLPiece] {
        var result: [SQLPiece] = []
        var rest = Substring(template)
        while let open = rest.firstIndex(of: "{") {
            result.add(String(rest[..<open]))
            let inner = rest[rest.index(after: open)...].prefix { $0 != "}" }
            guard let number = Int(inner), parameters.indices.contains(number),
                  let value = arguments[number, parameters[number]] else {
                throw evaluator.fail("\(Int(inner).map { parameters[$0] } ?? "an argument") is missing")
            }
            result.add(value.pieces)
            rest = rest[inner.endIndex...].dropFirst()
        }
        result.add(String(rest))
        return result
    }
}
