import WarehouseBasics

/// dbt's functions in templates, and the macros of dbt and dbt_utils that are text only, as Snowflake's adapter writes
/// them.
enum JinjaFunctions {
    static func call(
        _ name: String, _ arguments: JinjaArguments, of evaluator: JinjaEvaluator
    ) throws(JinjaError) -> JinjaValue {
        switch name {
        case "ref":
            let words = arguments.positional.map(\.text)
            guard let relation = words.last else { throw evaluator.fail("ref of nothing") }
            guard let key = evaluator.context.relation(relation) else {
                throw evaluator.fail("ref('\(relation)') names nothing in the project")
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
            guard let value = arguments[1, "default"] else { throw evaluator.fail("env_var('\(name)')") }
            evaluator.replace("env_var('\(name)') is written as its default \(value.text)")
            return value
        case "range": return try range(arguments, evaluator)
        case "return": return arguments.positional.first ?? .none
        case "log", "print": return .string("")
        case "dict": return .dict(arguments.named.map { JinjaMember(key: $0.name, value: $0.value) })
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
        func text(_ index: Int, _ name: String) throws(JinjaError) -> [SQLPiece] {
            guard let value = arguments[index, name] else { throw evaluator.fail("\(name) is missing") }
            return value.pieces
        }
        var result: [SQLPiece] = []
        switch name {
        case "dbt_utils.generate_surrogate_key", "dbt_utils.surrogate_key":
            let list = arguments.positional.count > 1 ? .list(arguments.positional) : arguments[0, "field_list"] ?? .none
            let parts = list.texts.map { "coalesce(cast(\($0) as varchar), '_dbt_utils_surrogate_key_null_')" }
            guard !parts.isEmpty else { throw evaluator.fail("\(name) of no columns") }
            result.add("md5(cast(\(parts.joined(separator: " || '-' || ")) as varchar))")
        case "dbt_utils.star": return try star(arguments, evaluator)
        case "dbt_utils.date_spine", "dbt_date.date_spine", "dbt_date.get_base_dates", "dbt_utils.deduplicate", "dbt_utils.pivot":
            return .pieces(try JinjaQueries.call(name, arguments, evaluator))
        case "dbt_utils.group_by":
            guard case .int(let count)? = arguments[0, "n"], (1...1000).contains(count) else {
                throw evaluator.fail("\(name) of what is no number")
            }
            result.add("group by " + (1...count).map(String.init).joined(separator: ","))
        case "dbt_utils.safe_divide":
            result.add("(")
            result.add(try text(0, "numerator"))
            result.add(") / nullif(")
            result.add(try text(1, "denominator"))
            result.add(", 0)")
        case "dbt_utils.safe_add", "dbt_utils.safe_subtract":
            let parts = (arguments[0, "field_list"] ?? .none).texts.map { "coalesce(\($0), 0)" }
            result.add(parts.joined(separator: name == "dbt_utils.safe_add" ? " + " : " - "))
        case "dbt.current_timestamp", "dbt_utils.current_timestamp", "current_timestamp":
            result.add("convert_timezone('UTC', current_timestamp())")
        case "dbt.date_trunc", "dbt_utils.date_trunc":
            result.add("date_trunc('")
            result.add(try text(0, "datepart"))
            result.add("', ")
            result.add(try text(1, "date"))
            result.add(")")
        case "dbt.datediff", "dbt_utils.datediff":
            result.add("datediff(")
            result.add(try text(2, "datepart"))
            result.add(", ")
            result.add(try text(0, "first_date"))
            result.add(", ")
            result.add(try text(1, "second_date"))
            result.add(")")
        case "dbt.dateadd", "dbt_utils.dateadd":
            result.add("dateadd(")
            result.add(try text(0, "datepart"))
            result.add(", ")
            result.add(try text(1, "interval"))
            result.add(", ")
            result.add(try text(2, "from_date_or_timestamp"))
            result.add(")")
        case "dbt.safe_cast", "dbt_utils.safe_cast":
            result.add("try_cast(")
            result.add(try text(0, "field"))
            result.add(" as ")
            result.add(try text(1, "type"))
            result.add(")")
        case "dbt.concat", "dbt_utils.concat":
            result.add((arguments[0, "fields"] ?? .none).texts.joined(separator: " || "))
        case "dbt.type_string": result.add("varchar")
        case "dbt.type_int": result.add("int")
        case "dbt.type_bigint": result.add("bigint")
        case "dbt.type_float": result.add("float")
        case "dbt.type_numeric": result.add("number(28,6)")
        case "dbt.type_timestamp": result.add("timestamp_ntz")
        case "dbt.type_boolean": result.add("boolean")
        case "dbt.length":
            result.add("length(")
            result.add(try text(0, "expression"))
            result.add(")")
        default: throw evaluator.fail("'\(name)' needs dbt")
        }
        return .pieces(result)
    }

    /// `dbt_utils.star`: all columns but some, as far as they are known.
    private static func star(_ arguments: JinjaArguments, _ evaluator: JinjaEvaluator) throws(JinjaError) -> JinjaValue {
        guard case .pieces(let pieces)? = arguments[0, "from"], pieces.count == 1, case .relation(let key) = pieces[0],
              let columns = evaluator.context.columns(key) else {
            throw evaluator.fail("dbt_utils.star of a relation whose columns are not known")
        }
        let left = Set((arguments[2, "except"] ?? .none).texts.map(Identifiers.folded))
        let alias = (arguments[1, "relation_alias"]?.text).map { $0.isEmpty ? "" : "\($0)." } ?? ""
        let prefix = arguments[3, "prefix"]?.text ?? "", suffix = arguments[4, "suffix"]?.text ?? ""
        let items = columns.filter { !left.contains(Identifiers.folded($0)) }.map { column in
            let name = Identifiers.quoted(column)
            return prefix.isEmpty && suffix.isEmpty
                ? alias + name : alias + name + " as " + Identifiers.quoted(Identifiers.folded(prefix + column + suffix))
        }
        guard !items.isEmpty else { throw evaluator.fail("dbt_utils.star of no columns") }
        return .string(items.joined(separator: ",\n"))
    }
}
