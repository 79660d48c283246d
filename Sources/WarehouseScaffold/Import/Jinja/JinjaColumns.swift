import WarehouseBasics

/// Macros that ask for a relation's columns or values: those that the project tells are given.
enum JinjaColumns {
    static func call(
        _ name: String, _ arguments: JinjaArguments, _ evaluator: JinjaEvaluator
    ) throws(JinjaError) -> JinjaValue {
        switch name {
        case "adapter.quote": return .string(quoted(arguments.positional.first?.text ?? ""))
        case "adapter.get_columns_in_relation":
            let key = try relation(arguments[0, "relation"], name, evaluator)
            return .list(try columns(of: key, name, evaluator).map { column in
                .dict([JinjaMember(key: "name", value: .string(column)), JinjaMember(key: "column", value: .string(column)),
                       JinjaMember(key: "quoted", value: .string("\"\(column)\""))])
            })
        case "dbt_utils.get_filtered_columns_in_relation":
            let key = try relation(arguments[0, "from"], name, evaluator)
            return .list(try columns(of: key, name, without: arguments[1, "except"], evaluator).map { .string($0) })
        case "dbt_utils.get_column_values": return try values(arguments, evaluator)
        default: return .pieces(try unpivot(arguments, evaluator))
        }
    }

    private static func relation(_ value: JinjaValue?, _ name: String, _ evaluator: JinjaEvaluator) throws(JinjaError) -> String {
        guard case .pieces(let pieces)? = value, pieces.count == 1, case .relation(let key) = pieces[0] else {
            throw evaluator.fail("\(name) of what is no relation")
        }
        return key
    }

    private static func quoted(_ name: String) -> String { "\"\(JinjaTexts.replaced(name, "\"", by: "\"\""))\"" }

    private static func shown(_ key: String) -> String { key.split(separator: ":").last.map(String.init) ?? key }

    private static func columns(
        of key: String, _ name: String, without left: JinjaValue? = nil, _ evaluator: JinjaEvaluator
    ) throws(JinjaError) -> [String] {
        guard let all = evaluator.context.columns(key), !all.isEmpty else {
            throw evaluator.fail(JinjaAdvice.columns(name, of: shown(key)))
        }
        evaluator.replace("\(name) of \(shown(key)) gives the columns that the project names of it: "
            + all.joined(separator: ", "))
        let left = Set((left ?? .none).texts.map { $0.uppercased() })
        return all.filter { !left.contains($0.uppercased()) }
    }

    /// `dbt_utils.star` with something before or after each name, which wants them one by one.
    static func star(
        _ key: String, _ affixes: [String], _ arguments: JinjaArguments, _ evaluator: JinjaEvaluator
    ) throws(JinjaError) -> JinjaValue {
        let names = try columns(of: key, "dbt_utils.star", without: arguments[2, "except"], evaluator)
        let alias = (arguments[1, "relation_alias"]?.text).map { $0.isEmpty ? "" : "\($0)." } ?? ""
        return .string(names.map { name in
            "\(alias)\(Identifiers.quoted(name)) as \(quoted(affixes[0] + name + affixes[1]))"
        }.joined(separator: ", "))
    }

    private static func values(_ arguments: JinjaArguments, _ evaluator: JinjaEvaluator) throws(JinjaError) -> JinjaValue {
        let key = try relation(arguments[0, "table"], "dbt_utils.get_column_values", evaluator)
        guard let column = arguments[1, "column"]?.text else { throw evaluator.fail("dbt_utils.get_column_values of no column") }
        guard arguments[5, "where"]?.isTrue != true, arguments[2, "order_by"]?.isTrue != true,
              var values = evaluator.context.values(key, column) else {
            throw evaluator.fail(JinjaAdvice.values(of: column, in: shown(key)))
        }
        if case .int(let limit)? = arguments[3, "max_records"], limit >= 0 { values = Array(values.prefix(limit)) }
        evaluator.replace("dbt_utils.get_column_values of \(shown(key)).\(column) is written as the values that the project "
            + "names: \(values.joined(separator: ", "))")
        return .list(values.map { .string($0) })
    }

    /// A row for each column that is neither kept nor removed: its name and its value.
    private static func unpivot(_ arguments: JinjaArguments, _ evaluator: JinjaEvaluator) throws(JinjaError) -> [SQLPiece] {
        guard let table = arguments[0, "relation"] else { throw evaluator.fail("dbt_utils.unpivot of nothing") }
        let key = try relation(table, "dbt_utils.unpivot", evaluator)
        let kept = (arguments[2, "exclude"] ?? .none).texts, removed = (arguments[3, "remove"] ?? .none).texts
        let names = try columns(of: key, "dbt_utils.unpivot", without: .list((kept + removed).map { .string($0) }), evaluator)
        guard !names.isEmpty else { throw evaluator.fail("dbt_utils.unpivot leaves no column") }
        let type = arguments[1, "cast_to"]?.text ?? "varchar"
        let (field, value) = (arguments[4, "field_name"]?.text ?? "field_name", arguments[5, "value_name"]?.text ?? "value")
        var result: [SQLPiece] = []
        for (index, name) in names.enumerated() {
            if index > 0 { result.add("\nunion all\n") }
            let shown = name.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
            result.add("select " + kept.map { "\($0), " }.joined() + "cast('\(shown)' as varchar) as \(field), "
                + "cast(\(Identifiers.quoted(name)) as \(type)) as \(value) from ")
            result.add(table.pieces)
        }
        return result
    }
}
