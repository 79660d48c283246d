import WarehouseBasics
import WarehouseSQL

/// Turns written type names into logical types.
public enum TypeResolver {
    /// The type that `name` means; `parameters` are the session's, of which TIMESTAMP_TYPE_MAPPING says what
    /// `TIMESTAMP` is. Throws for unknown names, wrong arguments and types that are not supported.
    public static func logicalType(_ name: TypeName, parameters: [String: String]) throws(WarehouseError)
        -> LogicalType {
        switch name.name {
        case "NUMBER", "DECIMAL", "NUMERIC", "DEC":
            let precision = try integer(name, 0, default: 38, range: 1...38)
            let scale = try integer(name, 1, default: 0, range: 0...37)
            guard scale <= precision else {
                throw invalid(name, "scale \(scale) is greater than precision \(precision)")
            }
            return .number(precision: precision, scale: scale)
        case "INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "BYTEINT":
            return .integer
        case "FLOAT", "FLOAT4", "FLOAT8", "DOUBLE", "DOUBLE PRECISION", "REAL":
            return .float
        case "VARCHAR", "STRING", "TEXT", "NVARCHAR", "NVARCHAR2", "CHAR VARYING", "NCHAR VARYING", "CHARACTER VARYING":
            return .varchar(length: try integer(name, 0, default: LogicalType.maximumTextLength,
                range: 1...134_217_728))
        case "CHAR", "CHARACTER", "NCHAR":
            return .varchar(length: try integer(name, 0, default: 1, range: 1...134_217_728))
        case "BINARY", "VARBINARY":
            return .binary(length: try integer(name, 0, default: LogicalType.maximumBinaryLength,
                range: 1...67_108_864))
        case "BOOLEAN", "BOOL": return .boolean
        case "DATE": return .date
        case "TIME": return .time(scale: try fraction(name))
        case "VARIANT": return .variant
        case "OBJECT":
            guard name.arguments.isEmpty else { throw unsupported(name, "structured OBJECT") }
            return .object
        case "ARRAY":
            guard name.arguments.isEmpty else { throw unsupported(name, "structured ARRAY") }
            return .array(element: nil)
        default:
            return try timestamp(name, parameters)
        }
    }

    private static func timestamp(_ name: TypeName, _ parameters: [String: String]) throws(WarehouseError)
        -> LogicalType {
        switch name.name {
        case "DATETIME", "TIMESTAMP_NTZ", "TIMESTAMPNTZ", "TIMESTAMP WITHOUT TIME ZONE":
            return .timestampNTZ(scale: try fraction(name))
        case "TIMESTAMP_LTZ", "TIMESTAMPLTZ", "TIMESTAMP WITH LOCAL TIME ZONE":
            return .timestampLTZ(scale: try fraction(name))
        case "TIMESTAMP_TZ", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE":
            return .timestampTZ(scale: try fraction(name))
        case "TIMESTAMP":
            return mappedTimestamp(scale: try fraction(name), parameters: parameters)
        case "GEOGRAPHY", "GEOMETRY", "VECTOR", "MAP", "DECFLOAT", "UUID":
            throw unsupported(name, "data type \(name.name)")
        default:
            throw WarehouseError(.invalidValue, "SQL compilation error:\nUnsupported data type '\(name.name)'.",
                                 hint: Identifiers.hint(for: name.name, in: known), span: name.span)
        }
    }

    /// What plain TIMESTAMP means in a session.
    public static func mappedTimestamp(scale: Int, parameters: [String: String]) -> LogicalType {
        switch parameters["TIMESTAMP_TYPE_MAPPING"]?.uppercased() {
        case "TIMESTAMP_LTZ": .timestampLTZ(scale: scale)
        case "TIMESTAMP_TZ": .timestampTZ(scale: scale)
        default: .timestampNTZ(scale: scale)
        }
    }

    private static let known =
        ["NUMBER", "DECIMAL", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "VARCHAR", "STRING", "TEXT",
                                "BINARY", "BOOLEAN", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ",
                                "TIMESTAMP_TZ", "VARIANT", "OBJECT", "ARRAY", "CHAR", "DATETIME"]

    private static func fraction(_ name: TypeName) throws(WarehouseError) -> Int {
        try integer(name, 0, default: 9, range: 0...9)
    }

    private static func integer(_ name: TypeName, _ index: Int, default standard: Int,
                                range: ClosedRange<Int>) throws(WarehouseError) -> Int {
        guard name.arguments.indices.contains(index) else { return standard }
        guard case .integer(let value) = name.arguments[index], range.contains(value) else {
            throw invalid(name, "argument \(index + 1) must be between \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }

    private static func invalid(_ name: TypeName, _ reason: String) -> WarehouseError {
        WarehouseError(.invalidValue, "SQL compilation error:\ninvalid type \(name.name): \(reason).", span: name.span)
    }

    private static func unsupported(_ name: TypeName, _ what: String) -> WarehouseError {
        WarehouseError(.unsupported, "Unsupported feature '\(what)'.", span: name.span)
    }
}

extension SessionContext {
    /// What plain TIMESTAMP means, in full precision.
    var timestampType: LogicalType { TypeResolver.mappedTimestamp(scale: 9, parameters: parameters) }
}
