/// dbt's functions in templates, and the macros of dbt and dbt_utils that make a text of lists; see `JinjaMacros` and
/// `JinjaQueries` for the others.
enum JinjaFunctions {
    /// Macros of dbt_utils that are written here in SQL of their own.
    static let packaged: Set<String> = [
        "dbt_utils.generate_surrogate_key", "dbt_utils.surrogate_key", "dbt_utils.star", "dbt_utils.date_spine",
        "dbt_utils.deduplicate", "dbt_utils.pivot", "dbt_utils.union_relations", "dbt_utils.generate_series",
        "dbt_utils.group_by", "dbt_utils.safe_add", "dbt_utils.safe_subtract", "dbt_utils.concat", "dbt_utils.listagg",
        "dbt_utils.get_url_parameter", "dbt_utils.get_column_values", "dbt_utils.unpivot",
        "dbt_utils.get_filtered_columns_in_relation", "dbt_utils.get_single_value", "dbt_utils.get_query_results_as_dict",
        "dbt_utils.get_relations_by_pattern", "dbt_utils.get_relations_by_prefix",
    ]

    static func call(
        _ name: String, _ arguments: JinjaArguments, of evaluator: JinjaEvaluator
    ) throws(JinjaError) -> JinjaValue {
        switch name {
        case "ref":
            let words = arguments.positional.map(\.text)
            guard let relation = words.last else { throw evaluator.fail("ref of nothing") }
            let wanted = arguments.named.first { ["v", "version"].contains($0.name) && $0.value.isTrue }?.value.text
            if let key = evaluator.context.version(relation, wanted) { return .pieces([.relation(key)]) }
            if let wanted { throw evaluator.fail("ref('\(relation)', v=\(wanted)) names no version in the project") }
            guard let key = evaluator.context.relation(relation) else {
                throw evaluator.fail("ref('\(relation)') names nothing in the project"
                    + (words.count > 1 ? "; models of packages, such as \(words[0]), are not imported" : ""))
            }
            return .pieces([.relation(key)])
        case "source":
            let words = arguments.positional.map(\.text)
            guard words.count == 2 else { throw evaluator.fail("source takes two names") }
            guard let key = evaluator.context.source(words[0], words[1]) else {
                throw evaluator.fail("source('\(words[0])', '\(words[1])') is not in the project's sources")
            }
            return .pieces([.relation(key)])
        case "var":
            guard let name = arguments[0, "name"]?.text else { throw evaluator.fail("var of nothing") }
            guard let value = evaluator.context.variables[name] ?? arguments[1, "default"] else {
                throw evaluator.fail("var('\(name)') has no value in dbt_project.yml and no default")
            }
            evaluator.replace("var('\(name)') is written as its value \(value.text)")
            return value
        case "env_var":
            guard let name = arguments[0, "name"]?.text else { throw evaluator.fail("env_var of nothing") }
            guard let value = arguments[1, "default"] else {
                throw evaluator.fail(
                    "env_var('\(name)') has no default: give it one, or write a variable of dbt_project.yml in its place")
            }
            evaluator.replace("env_var('\(name)') is written as its default \(value.text)")
            return value
        case "range": return try range(arguments, evaluator)
        case "log", "print", "exceptions.warn": return .string("")
        case "exceptions.raise_compiler_error":
            throw evaluator.fail("the project raises an error: \(arguments.positional.first?.text ?? "")")
        case "dict", "namespace":
            var members = arguments.named.map { JinjaMember(key: $0.name, value: $0.value) }
            if case .dict(let given)? = arguments.positional.first { members = given + members }
            return .dict(members)
        case "before_begin", "after_commit", "in_transaction":
            return .dict([JinjaMember(key: "sql", value: arguments.positional.first ?? .string(""))])
        case "should_full_refresh": return .bool(false)
        case "tojson": return .string(JinjaJSON.text(arguments.positional.first ?? .none))
        case "set", "set_strict":
            return try JinjaFilters.apply(
                "unique", to: arguments.positional.first ?? .list([]),
                JinjaArguments(positional: [.bool(true)], named: []), line: evaluator.line)
        case "zip", "zip_strict":
            let lists = arguments.positional.map { value -> [JinjaValue] in if case .list(let list) = value { list } else { [] } }
            return .list((0..<(lists.map(\.count).min() ?? 0)).map { index in .list(lists.map { $0[index] }) })
        case "var.has_var": return .bool(evaluator.context.variables[arguments.positional.first?.text ?? ""] != nil)
        default: return try sql(name, arguments, evaluator)
        }
    }

    private static func range(_ arguments: JinjaArguments, _ evaluator: JinjaEvaluator) throws(JinjaError) -> JinjaValue {
        var bounds: [Int] = []
        for case .int(let number) in arguments.positional { bounds.append(number) }
        guard bounds.count == arguments.positional.count, (1...3).contains(bounds.count) else {
            throw evaluator.fail("range of what are no numbers")
        }
        let (start, end, step) = (bounds.count > 1 ? bounds[0] : 0, bounds.count > 1 ? bounds[1] : bounds[0],
                                  bounds.count > 2 ? bounds[2] : 1)
        guard step != 0, abs(Double(end) - Double(start)) <= 100_000 else { throw evaluator.fail("range is too long") }
        return .list(stride(from: start, to: end, by: step).map { .int($0) })
    }

    private static func sql(
        _ name: String, _ arguments: JinjaArguments, _ evaluator: JinjaEvaluator
    ) throws(JinjaError) -> JinjaValue {
        var result: [SQLPiece] = []
        switch name {
        case "dbt_utils.generate_surrogate_key", "dbt_utils.surrogate_key":
            let list = arguments.positional.count > 1 ? .list(arguments.positional) : arguments[0, "field_list"] ?? .none
            // The older macro took NULL for an empty text, as the newer one does where a variable says so.
            let isOld = name.hasSuffix(".surrogate_key")
                || evaluator.context.variables["surrogate_key_treat_nulls_as_empty_strings"]?.isTrue == true
            let null = isOld ? "" : "_dbt_utils_surrogate_key_null_"
            let parts = list.texts.map { "coalesce(cast(\($0) as varchar), '\(null)')" }
            guard !parts.isEmpty else { throw evaluator.fail("\(name) of no columns") }
            result.add("md5(cast(\(parts.joined(separator: " || '-' || ")) as varchar))")
        case "dbt_utils.star": return try star(arguments, evaluator)
        case "dbt_utils.date_spine", "dbt_date.date_spine", "dbt_date.get_base_dates", "dbt_utils.deduplicate",
             "dbt_utils.pivot", "dbt_utils.union_relations", "dbt_utils.generate_series":
            return .pieces(try JinjaQueries.call(name, arguments, evaluator))
        case "dbt_utils.group_by":
            guard case .int(let count)? = arguments[0, "n"], (1...1000).contains(count) else {
                throw evaluator.fail("\(name) of what is no number")
            }
            result.add("group by " + (1...count).map(String.init).joined(separator: ","))
        case "dbt_utils.safe_add", "dbt_utils.safe_subtract":
            let parts = (arguments[0, "field_list"] ?? .none).texts.map { "coalesce(\($0), 0)" }
            result.add(parts.joined(separator: name == "dbt_utils.safe_add" ? " + " : " - "))
        case "dbt.concat", "dbt_utils.concat":
            result.add((arguments[0, "fields"] ?? .none).texts.joined(separator: " || "))
        case "dbt.array_construct":
            result.add("array_construct(" + (arguments[0, "inputs"] ?? .none).texts.joined(separator: ", ") + ")")
        case "dbt.listagg", "dbt_utils.listagg": return .pieces(try listagg(arguments, evaluator))
        case "dbt.escape_single_quotes":
            result.add((arguments[0, "expression"]?.text ?? "").split(separator: "'", omittingEmptySubsequences: false)
                .joined(separator: "''"))
        case "dbt_utils.get_url_parameter":
            let parts = (arguments[0, "field"]?.text ?? "", arguments[1, "url_parameter"]?.text ?? "")
            result.add("nullif(split_part(split_part(\(parts.0), '\(parts.1)=', 2), '&', 1), '')")
        case "adapter.get_columns_in_relation", "dbt_utils.get_filtered_columns_in_relation", "dbt_utils.get_column_values",
             "dbt_utils.unpivot", "adapter.quote":
            return try JinjaColumns.call(name, arguments, evaluator)
        default:
            if let advice = JinjaAdvice.of(name) { throw evaluator.fail(advice) }
            guard let macro = JinjaMacros.named(name) else {
                throw evaluator.fail("the macro '\(name)' is neither in the project nor in its dbt_packages")
            }
            result.add(try macro.pieces(arguments, evaluator))
        }
        return .pieces(result)
    }

    private static func listagg(_ arguments: JinjaArguments, _ evaluator: JinjaEvaluator) throws(JinjaError) -> [SQLPiece] {
        guard let measure = arguments[0, "measure"] else { throw evaluator.fail("measure is missing") }
        let order = arguments[2, "order_by_clause"], limit = arguments[3, "limit_num"]
        var within: [SQLPiece] = []
        if let order, order.isTrue {
            within.add(" within group (")
            within.add(order.pieces)
            within.add(")")
        }
        let delimiter = arguments[1, "delimiter_text"]?.text ?? "','"
        let isLimited = limit?.isTrue == true
        var result: [SQLPiece] = []
        result.add(isLimited ? "array_to_string(array_slice(array_agg(" : "listagg(")
        result.add(measure.pieces)
        result.add(isLimited ? ")" : ", \(delimiter))")
        result.add(within)
        if isLimited { result.add(", 0, \(limit?.text ?? "0")), \(delimiter))") }
        return result
    }

    /// `dbt_utils.star`: all columns but some. Which there are the engine knows.
    private static func star(_ arguments: JinjaArguments, _ evaluator: JinjaEvaluator) throws(JinjaError) -> JinjaValue {
        guard case .pieces(let pieces)? = arguments[0, "from"], pieces.count == 1, case .relation(let key) = pieces[0] else {
            throw evaluator.fail("dbt_utils.star of what is no relation")
        }
        let affixes = [arguments[3, "prefix"], arguments[4, "suffix"]].map { $0?.text ?? "" }
        if affixes != ["", ""] { return try JinjaColumns.star(key, affixes, arguments, evaluator) }
        let alias = (arguments[1, "relation_alias"]?.text).map { $0.isEmpty ? "" : "\($0)." } ?? ""
        let left = (arguments[2, "except"] ?? .none).texts
        let name = key.split(separator: ":").last.map(String.init) ?? key
        evaluator.replace("dbt_utils.star of \(name) is written as \(alias)*, which takes the columns of all that is read there")
        return .string(alias + "*" + (left.isEmpty ? "" : " exclude (\(left.joined(separator: ", ")))"))
    }
}
