import WarehouseBasics

/// A dbt test as a test of Swift's.
struct TestWriter {
    let project: DbtProject
    /// Properties by columns, for each relation's key.
    let properties: [String: [String: String]]

    /// Why a test cannot be carried over.
    struct Refusal: Error { var text: String }

    /// `.notNull`, of a column of the type `value`.
    func rule(_ test: DbtTest, column: DbtColumn, value: String) throws(Refusal) -> String {
        let arguments = test.arguments
        let isNumber = ["Int64", "Double", "Decimal128"].contains(value)
        let base: String
        switch TestWriter.plain(test.name) {
        case "not_null", "expect_column_values_to_not_be_null": base = ".notNull"
        case "unique", "expect_column_values_to_be_unique": base = ".unique"
        case "at_least_one": base = ".atLeastOne"
        case "not_constant": base = ".notConstant"
        case "not_empty_string" where value == "String": base = ".notEmpty"
        case "accepted_values": base = ".accepted(\(try list(arguments["values"], value)))"
        case "expect_column_values_to_be_in_set": base = ".accepted(\(try list(arguments["value_set"], value)))"
        case "not_accepted_values": base = ".notAccepted(\(try list(arguments["values"], value)))"
        case "relationships": base = ".relationship(\(try reference(arguments["to"], arguments["field"], value)))"
        case "relationships_where":
            let conditions = [("fromCondition", arguments["from_condition"]), ("toCondition", arguments["to_condition"])]
            let texts = try conditions.map { (name, yaml) throws(Refusal) in
                "\(name): \(SwiftWords.literal(try sql(yaml.text ?? "1 = 1")))"
            }
            base = ".relationship(\(try reference(arguments["to"], arguments["field"], value)), \(texts.joined(separator: ", ")))"
        case "cardinality_equality":
            let other = try reference(arguments["to"], arguments["field"], value)
            base = ".sameCardinality(as:\(other.dropFirst(3)))"
        case "accepted_range", "expect_column_values_to_be_between":
            base = try range(arguments, value, isInclusive: arguments["inclusive"].bool ?? !(arguments["strictly"].bool ?? false))
        case "not_null_proportion": base = ".notNullProportion(\(try bounds(arguments, "at_least", "at_most", needsLow: true)))"
        case "sequential_values" where isNumber && arguments["datepart"].isNull:
            let interval = arguments["interval"].text.flatMap { Int($0) } ?? 1
            base = interval == 1 ? ".sequential()" : ".sequential(interval: \(interval))"
        case "expect_column_values_to_match_regex" where value == "String":
            base = ".matching(regex: \(SwiftWords.literal(arguments["regex"].text ?? "")))"
        case "expect_column_mean_to_be_between" where isNumber: base = ".mean(\(try bounds(arguments, "min_value", "max_value")))"
        case "expect_column_min_to_be_between" where isNumber:
            base = ".minimum(\(try bounds(arguments, "min_value", "max_value")))"
        case "expect_column_max_to_be_between" where isNumber:
            base = ".maximum(\(try bounds(arguments, "min_value", "max_value")))"
        case "expect_column_sum_to_be_between" where isNumber: base = ".total(\(try bounds(arguments, "min_value", "max_value")))"
        default: throw Refusal(text: "no test of that name is known for a column of this type")
        }
        return try base + expectation(test)
    }

    /// `.unique(\.a, \.b)`, of a relation as a whole; `prefix` stands before the properties.
    func check(_ test: DbtTest, of key: String, column: DbtColumn? = nil, prefix: String = "") throws(Refusal) -> String {
        let arguments = test.arguments
        let base: String
        switch TestWriter.plain(test.name) {
        case "unique_combination_of_columns", "expect_compound_columns_to_be_unique":
            let columns = arguments["combination_of_columns", "column_list"].texts
            base = ".unique(\(try paths(columns, of: key, prefix)))"
        case "expression_is_true":
            guard let expression = arguments["expression"].text else { throw Refusal(text: "its expression is missing") }
            let text = try sql(column.map { "\(Identifiers.quoted($0.name)) \(expression)" } ?? expression)
            base = ".expect(\(SwiftWords.literal(VisibleName.line(expression)))) { _ in "
                + "sql(condition: \(SwiftWords.literal(text))) }"
        case "equal_rowcount": base = ".sameRowCount(as: \(try relation(arguments["compare_model"])).self)"
        case "fewer_rows_than": base = ".fewerRows(than: \(try relation(arguments["compare_model"])).self)"
        case "equality":
            let columns = arguments["compare_columns"].texts
            guard arguments["exclude_columns"].isNull, arguments["precision"].isNull, !columns.isEmpty else {
                throw Refusal(text: "equality is known with compare_columns only")
            }
            base = ".equality(with: \(try relation(arguments["compare_model"])).self, \(try paths(columns, of: key, prefix)))"
        case "recency":
            guard let interval = arguments["interval"].text.flatMap({ Int($0) }), let part = arguments["datepart"].text,
                  ["year", "quarter", "month", "week", "day", "hour", "minute", "second"].contains(part) else {
                throw Refusal(text: "recency needs an interval and a datepart")
            }
            base = ".recency(\(try paths(arguments["field"].texts, of: key, prefix)), \(interval), .\(part))"
        case "expect_table_row_count_to_be_between":
            base = ".rowCount(\(try bounds(arguments, "min_value", "max_value", isWhole: true)))"
        case "expect_table_row_count_to_equal":
            guard let count = arguments["value"].text.flatMap({ Int($0) }) else { throw Refusal(text: "its value is no number") }
            base = ".rowCount(\(count))"
        default: throw Refusal(text: "no test of that name is known")
        }
        return try base + expectation(test)
    }

    /// Tests that are of a relation as a whole, even where they stand at a column.
    static func isCheck(_ test: DbtTest) -> Bool {
        ["expression_is_true", "recency", "equal_rowcount", "fewer_rows_than", "equality"].contains(plain(test.name))
    }

    /// Whether a test of a package is one of Swift's.
    static func isKnown(_ name: String) -> Bool {
        let known: Set<String> = [
            "not_null", "unique", "at_least_one", "not_constant", "accepted_values", "not_accepted_values", "relationships",
            "relationships_where", "cardinality_equality", "accepted_range", "not_null_proportion",
            "unique_combination_of_columns", "expression_is_true", "equal_rowcount", "fewer_rows_than", "recency",
        ]
        return name.contains(".") && plain(name) != name && (known.contains(plain(name)) || plain(name).hasPrefix("expect_"))
    }

    private static func plain(_ name: String) -> String {
        let known = ["dbt_utils", "dbt_expectations", "dbt"]
        let parts = name.split(separator: ".")
        return parts.count == 2 && known.contains(String(parts[0])) ? String(parts[1]) : name
    }

    // MARK: Arguments

    private func sql(_ text: String) throws(Refusal) -> String {
        guard !text.contains("{{"), !text.contains("{%") else { throw Refusal(text: "it holds Jinja") }
        return text
    }

    /// A constant of the type `value`.
    private func literal(_ yaml: YAMLValue, _ value: String) throws(Refusal) -> String {
        guard let text = yaml.text, !text.contains("{{") else { throw Refusal(text: "a value is missing, or Jinja") }
        switch value {
        case "String": return SwiftWords.literal(text)
        case "Int64": if Int64(text) != nil { return text }
        case "Double": if let number = Double(text), number.isFinite { return "\(number)" }
        case "Bool": if let bool = yaml.bool ?? ["true": true, "false": false][text.lowercased()] { return "\(bool)" }
        default: break
        }
        throw Refusal(text: "'\(VisibleName.shown(text))' is no constant of the column's type, \(value)")
    }

    private func list(_ yaml: YAMLValue, _ value: String) throws(Refusal) -> String {
        var texts: [String] = []
        for element in yaml.elements { texts.append(try literal(element, value)) }
        return "[\(texts.joined(separator: ", "))]"
    }

    private func range(_ arguments: YAMLValue, _ value: String, isInclusive: Bool) throws(Refusal) -> String {
        var parts: [String] = []
        for (label, name) in [("atLeast", "min_value"), ("atMost", "max_value")] where !arguments[name].isNull {
            parts.append("\(label): \(try literal(arguments[name], value))")
        }
        guard !parts.isEmpty else { throw Refusal(text: "it has no bounds") }
        return ".accepted(\((parts + (isInclusive ? [] : ["inclusive: false"])).joined(separator: ", ")))"
    }

    private func bounds(
        _ arguments: YAMLValue, _ low: String, _ high: String, needsLow: Bool = false, isWhole: Bool = false
    ) throws(Refusal) -> String {
        var parts: [String] = []
        for (label, name) in [("atLeast", low), ("atMost", high)] where !arguments[name].isNull {
            parts.append("\(label): \(try literal(arguments[name], isWhole ? "Int64" : "Double"))")
        }
        guard !parts.isEmpty, !needsLow || !arguments[low].isNull else { throw Refusal(text: "it has no bounds") }
        return parts.joined(separator: ", ")
    }

    /// The type of `ref('x')` or `source('a', 'b')`.
    func relation(_ yaml: YAMLValue) throws(Refusal) -> String {
        guard let resource = resource(yaml) else {
            throw Refusal(text: "'\(VisibleName.shown(yaml.text ?? ""))' names no relation of the project")
        }
        return resource.typeName
    }

    func resource(_ yaml: YAMLValue) -> DbtResource? {
        guard var text = yaml.text?.trimmingSpaces else { return nil }
        if text.hasPrefix("{{"), text.hasSuffix("}}") { text = String(text.dropFirst(2).dropLast(2)) }
        let context = JinjaContext(
            relation: { project["ref:\($0)"]?.key }, source: { project["source:\($0).\($1)"]?.key })
        guard case .relation(let key)? = JinjaEvaluator(context).evaluate("{{ \(text) }}").first else { return nil }
        return project[key].flatMap { $0.isLeftOut ? nil : $0 }
    }

    private func reference(_ to: YAMLValue, _ field: YAMLValue, _ value: String) throws(Refusal) -> String {
        guard let other = resource(to), let name = field.text.map(SQLNames.stored) else {
            throw Refusal(text: "'\(VisibleName.shown(to.text ?? ""))' names no relation of the project")
        }
        guard let column = other.columns.first(where: { $0.name == name }), let property = properties[other.key]?[name] else {
            throw Refusal(text: "\(other.name) is not known to have the column \(name)")
        }
        let otherValue = SwiftNames.value(column.type) ?? "String"
        guard otherValue == value else {
            throw Refusal(text: "the column is \(value), and \(name) of \(other.name) \(otherValue)")
        }
        return "to: \(other.typeName).self, \\.\(other.kind == .snapshot ? "selected." : "")\(property)"
    }

    /// Key paths of columns, divided by commas.
    func paths(_ columns: [String], of key: String, _ prefix: String) throws(Refusal) -> String {
        guard !columns.isEmpty else { throw Refusal(text: "its columns are missing") }
        var paths: [String] = []
        for column in columns {
            guard let property = properties[key]?[SQLNames.stored(column)] else {
                throw Refusal(text: "'\(VisibleName.shown(column))' is no column that is known")
            }
            paths.append("\\.\(prefix)\(property)")
        }
        return paths.joined(separator: ", ")
    }

    private func expectation(_ test: DbtTest) throws(Refusal) -> String {
        func setting(_ name: String) -> YAMLValue { test.configurations.map { $0[name] }.first { !$0.isNull } ?? .none }
        var text = ""
        if setting("severity").text?.lowercased() == "warn" { text += ".warning" }
        if let condition = setting("error_if").text { text += ".error(if: \(SwiftWords.literal(condition)))" }
        if let condition = setting("warn_if").text { text += ".warn(if: \(SwiftWords.literal(condition)))" }
        if let limit = setting("limit").text.flatMap({ Int($0) }) { text += ".limited(to: \(limit))" }
        if let filter = setting("where").text { text += ".where(\(SwiftWords.literal(try sql(filter))))" }
        if setting("store_failures").bool == true { text += ".storingFailures" }
        if let name = setting("name").text, test.configurations.first?["test_name"].text == nil || name != test.name {
            text += ".named(\(SwiftWords.literal(name)))"
        }
        return text
    }
}
