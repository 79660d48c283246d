import WarehouseBasics

/// Macros of dbt_utils and dbt_date that are whole queries, or lists of columns.
enum JinjaQueries {
    static func call(
        _ name: String, _ arguments: JinjaArguments, _ evaluator: JinjaEvaluator
    ) throws(JinjaError) -> [SQLPiece] {
        func pieces(_ index: Int, _ word: String) throws(JinjaError) -> [SQLPiece] {
            guard let value = arguments[index, word] else { throw evaluator.fail("\(word) is missing") }
            return value.pieces
        }
        switch name {
        case "dbt_utils.deduplicate":
            var result: [SQLPiece] = []
            result.add("select * from ")
            result.add(try pieces(0, "relation"))
            result.add(" qualify row_number() over (partition by ")
            result.add(try pieces(1, "partition_by"))
            result.add(" order by ")
            result.add(try pieces(2, "order_by"))
            result.add(") = 1")
            return result
        case "dbt_utils.pivot": return [.text(try pivot(arguments, evaluator))]
        case "dbt_utils.union_relations": return try union(arguments, evaluator)
        case "dbt_utils.generate_series":
            guard case .int(let count)? = arguments[0, "upper_bound"], (1...1_000_000).contains(count) else {
                throw evaluator.fail("\(name) to what is no number")
            }
            return [.text("select row_number() over (order by seq4()) as generated_number "
                + "from table(generator(rowcount => \(count)))")]
        case "dbt_date.get_base_dates": return try baseDates(arguments, evaluator)
        default:
            let part = try datePart(arguments[0, "datepart"], evaluator)
            return spine(part, from: try pieces(1, "start_date"), to: try pieces(2, "end_date"))
        }
    }

    /// The rows of relations one below the other, by the names of their columns, each with the name of where it is from.
    private static func union(_ arguments: JinjaArguments, _ evaluator: JinjaEvaluator) throws(JinjaError) -> [SQLPiece] {
        guard case .list(let relations)? = arguments[0, "relations"], !relations.isEmpty else {
            throw evaluator.fail("dbt_utils.union_relations of what is no list")
        }
        if arguments[3, "include"]?.isTrue == true || arguments[1, "column_override"]?.isTrue == true {
            throw evaluator.fail("dbt_utils.union_relations with include or column_override")
        }
        let left = (arguments[2, "exclude"] ?? .none).texts
        let source = arguments[4, "source_column_name"]
        let filter = arguments[5, "where"]?.text
        var result: [SQLPiece] = []
        for (index, relation) in relations.enumerated() {
            guard case .pieces(let pieces) = relation, pieces.count == 1, case .relation(let key) = pieces[0] else {
                throw evaluator.fail("dbt_utils.union_relations of what is no relation")
            }
            if index > 0 { result.add("\nunion all by name\n") }
            result.add("(select ")
            var column = "_dbt_source_relation"
            if case .none? = source { column = "" } else if let source { column = source.text }
            let name = key.split(separator: ":").last.map(String.init) ?? key
            if !column.isEmpty { result.add("'\(name)' as \(column), ") }
            result.add("*" + (left.isEmpty ? "" : " exclude (\(left.joined(separator: ", ")))") + " from ")
            result.add(pieces)
            if let filter, !filter.isEmpty { result.add(" where \(filter)") }
            result.add(")")
        }
        evaluator.replace("dbt_utils.union_relations names each row's relation as dbt calls it, without database and schema")
        return result
    }

    /// Days and longer: as many rows as any calendar has. Of shorter parts nobody knows how many are wanted.
    private static func datePart(_ value: JinjaValue?, _ evaluator: JinjaEvaluator) throws(JinjaError) -> String {
        let part = (value?.text ?? "day").lowercased()
        guard ["day", "week", "month", "quarter", "year"].contains(part) else {
            throw evaluator.fail("a spine of dates by \(part)")
        }
        return part
    }

    /// A row `date_<part>` for each step from the start to before the end.
    private static func spine(_ part: String, from start: [SQLPiece], to end: [SQLPiece]) -> [SQLPiece] {
        var result: [SQLPiece] = []
        result.add("select dateadd(\(part), step, ")
        result.add(start)
        result.add(") as date_\(part)\nfrom (\n    select row_number() over (order by seq4()) - 1 as step\n"
            + "    from table(generator(rowcount => 1000000))\n) as steps\nwhere step < datediff(\(part), ")
        result.add(start)
        result.add(", ")
        result.add(end)
        result.add(")")
        return result
    }

    private static func baseDates(
        _ arguments: JinjaArguments, _ evaluator: JinjaEvaluator
    ) throws(JinjaError) -> [SQLPiece] {
        let part = try datePart(arguments[3, "datepart"], evaluator)
        var bounds: [[SQLPiece]] = []
        if let start = arguments[0, "start_date"], let end = arguments[1, "end_date"], start.isTrue, end.isTrue {
            bounds = [start, end].map { [.text("cast('\($0.text)' as timestamp_ntz)")] }
        } else if case .int(let count)? = arguments[2, "n_dateparts"], count >= 0 {
            bounds = [[.text("dateadd(\(part), -\(count), current_date())")], [.text("dateadd(day, 1, current_date())")]]
        } else {
            throw evaluator.fail("dbt_date.get_base_dates without its dates")
        }
        var result: [SQLPiece] = [.text("select cast(date_\(part) as timestamp_ntz) as date_\(part)\nfrom (\n")]
        result.add(spine(part, from: bounds[0], to: bounds[1]))
        result.add("\n) as base_dates")
        return result
    }

    /// A column for each value, with the values as they are given.
    private static func pivot(_ arguments: JinjaArguments, _ evaluator: JinjaEvaluator) throws(JinjaError) -> String {
        guard let column = arguments[0, "column"]?.text, case .list(let values)? = arguments[1, "values"], !values.isEmpty else {
            throw evaluator.fail("dbt_utils.pivot of values that are not known")
        }
        func word(_ index: Int, _ name: String, _ standard: String) -> String { arguments[index, name]?.text ?? standard }
        let (compare, aggregate) = (word(4, "cmp", "="), word(3, "agg", "sum"))
        let (prefix, suffix) = (word(5, "prefix", ""), word(6, "suffix", ""))
        let (then, otherwise) = (word(7, "then_value", "1"), word(8, "else_value", "0"))
        let hasAlias = arguments[2, "alias"]?.isTrue ?? true, isQuoted = arguments[9, "quote_identifiers"]?.isTrue ?? true
        let isDistinct = arguments[10, "distinct"]?.isTrue ?? false
        return values.map { value in
            let text = String(value.text.flatMap { $0 == "'" ? ["'", "'"] : [$0] })
            let name = prefix + value.text + suffix
            return "\(aggregate)(\(isDistinct ? "distinct " : "")case when \(column) \(compare) '\(text)' then \(then) "
                + "else \(otherwise) end)" + (hasAlias ? " as \(isQuoted ? Identifiers.quoted(name) : name)" : "")
        }.joined(separator: ",\n")
    }
}
