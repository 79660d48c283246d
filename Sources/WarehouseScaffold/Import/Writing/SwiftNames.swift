import WarehouseBasics
import WarehouseModels

/// Names of Swift for names of dbt.
enum SwiftNames {
    /// Types that a written file uses, and that its own must not hide.
    private static let taken: Set<String> = [
        "Access", "Analysis", "Any", "Array", "Bool", "Check", "Column", "ColumnNaming", "Columns", "CommandLineTool",
        "Console", "Context", "DataTest", "DatePart", "Day", "Decimal128", "DeletionHistory", "Dictionary", "Double",
        "Error", "Expected", "Exposure", "ExposureKind", "Expr", "Failing", "Fragment", "Freshness", "Given",
        "GivenRow", "Graph", "HardDeletes", "History", "IncrementalStrategy", "Instant", "Int", "Int64",
        "LocalDateTime", "Materialization", "Maybe", "MetaColumns", "Model", "Never", "Node", "OffsetDateTime",
        "OnSchemaChange", "Optional", "Order", "PackageResources", "PartialKeyPath", "Predicate", "Project",
        "ProjectOperation", "Protocol", "Query", "Relation", "Resource", "ResourceGroup", "ResourceKind", "Result",
        "Row", "Rule", "RunOptions", "Runner", "Seed", "Selected", "Selection", "Self", "Set", "Snapshot",
        "SnapshotStrategy", "Source", "String", "Target", "TestExpectation", "Tool", "Type", "UnitTest", "Variables",
        "Void", "Window",
    ]

    /// `stg_orders` is StgOrders, `2024 sales` N2024Sales. `suffix` is added where a name is taken.
    static func type(_ name: String, suffix: String, used: inout Set<String>) -> String {
        var result = ""
        for word in name.split(whereSeparator: { !($0.isASCII && ($0.isLetter || $0.isNumber)) }) {
            result += word.prefix(1).uppercased() + word.dropFirst()
        }
        if result.isEmpty { result = suffix }
        if result.first?.isNumber == true { result = "N" + result }
        if taken.contains(result) || SwiftWords.isReserved(result) || used.contains(result) { result += suffix }
        let base = result
        var number = 2
        while !used.insert(result).inserted {
            result = "\(base)\(number)"
            number += 1
        }
        return result
    }

    /// What a type of that name is called in the warehouse unless it says otherwise.
    static func defaultName(_ type: String) -> String { ColumnNaming.snakeCased(type) }

    /// For each column a property, and how its name is written in SQL where that does not follow from it.
    static func properties(_ columns: [DbtColumn]) -> [(property: String, written: String?)] {
        var used: Set<String> = ["names"]
        return columns.map { column in
            var property = ""
            for word in column.name.split(whereSeparator: { !($0.isASCII && ($0.isLetter || $0.isNumber)) }) {
                let low = word.lowercased()
                property += property.isEmpty ? low : low.prefix(1).uppercased() + low.dropFirst()
            }
            if property.isEmpty { property = "column" }
            if property.first?.isNumber == true { property = "n" + property }
            let base = property
            var number = 2
            while !used.insert(property).inserted {
                property = "\(base)\(number)"
                number += 1
            }
            let isSame = ColumnNaming.snakeCase.columnName(of: property) == column.name
            return (property, isSame ? nil : Identifiers.quoted(column.name))
        }
    }

    /// The Swift type of a column's values, without `?`; nil for what has none, which is then read as text.
    static func value(_ type: LogicalType?) -> String? {
        switch type {
        case .number(_, let scale)?: scale == 0 ? "Int64" : "Decimal128"
        case .float?: "Double"
        case .varchar?, .null?: "String"
        case .boolean?: "Bool"
        case .date?: "Day"
        case .timestampNTZ?: "LocalDateTime"
        case .timestampLTZ?: "Instant"
        case .timestampTZ?: "OffsetDateTime"
        case .array(let element?)?: value(element).map { "[\($0)]" }
        case nil, .array?, .binary?, .time?, .variant?, .object?: nil
        }
    }
}
