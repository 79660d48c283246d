import WarehouseBasics
import WarehouseColumns
import WarehouseIngest

/// A Swift type that a result column can be read as. A column of another type throws; it never gives nil silently.
///
/// | Swift | SQL |
/// |---|---|
/// | `Int`, `Int64`, `Int32` | NUMBER(p,0) whose value fits |
/// | `Double` | FLOAT, NUMBER |
/// | `WarehouseDecimal` | NUMBER |
/// | `String` | every type, as its text |
/// | `Bool` | BOOLEAN |
/// | `CivilDate` | DATE |
/// | any of these as optional | the same, or NULL |
public protocol ResultElement {
    static func read(_ cell: ResultCell) throws -> Self
}

/// One value of a result, for `ResultElement`.
public struct ResultCell {
    public let column: ResultColumn
    /// From 0.
    public let row: Int
    public let value: ScalarValue
    /// The value as text in the session's formats; nil for NULL. Made when it is asked for.
    public var text: String? { vector.isNull(place) ? nil : formatter.string(vector, place) }
    public var isNull: Bool { vector.isNull(place) }

    fileprivate let formatter: ValueFormatter
    fileprivate let vector: Vector
    /// The row's place in `vector`.
    fileprivate let place: Int

    func wrongType(_ wanted: String) -> WarehouseError {
        if isNull {
            return WarehouseError(
                .wrongSwiftType, "Column \(column.name) is NULL in row \(row) and cannot be read as \(wanted).",
                hint: "Read it as \(wanted)?.")
        }
        return WarehouseError(.wrongSwiftType,
                              "Column \(column.name) is \(column.type) and cannot be read as \(wanted).")
    }

    fileprivate func narrowed<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
        guard case .integer(let number) = value, case .number(_, scale: 0) = column.type else {
            throw wrongType("\(T.self)")
        }
        guard let result = T(exactly: number) else {
            throw WarehouseError(.wrongSwiftType,
                                 "\(number) in column \(column.name), row \(row), does not fit \(T.self).")
        }
        return result
    }
}

/// A NUMBER as it is: `unscaled` × 10^-`scale`.
public struct WarehouseDecimal: Hashable, Sendable, CustomStringConvertible {
    public var unscaled: Int128
    public var scale: Int

    public init(unscaled: Int128, scale: Int) {
        self.unscaled = unscaled
        self.scale = scale
    }
    public var description: String { DecimalText.string(unscaled, scale: scale) }
}

extension Int: ResultElement {
    public static func read(_ cell: ResultCell) throws -> Int { try cell.narrowed(Int.self) }
}
extension Int64: ResultElement {
    public static func read(_ cell: ResultCell) throws -> Int64 { try cell.narrowed(Int64.self) }
}
extension Int32: ResultElement {
    public static func read(_ cell: ResultCell) throws -> Int32 { try cell.narrowed(Int32.self) }
}
extension Double: ResultElement {
    public static func read(_ cell: ResultCell) throws -> Double {
        switch (cell.value, cell.column.type) {
        case (.double(let value), _): value
        case (.integer(let number), .number(_, let scale)): DecimalArithmetic.double(number, scale: scale)
        default: throw cell.wrongType("Double")
        }
    }
}
extension Bool: ResultElement {
    public static func read(_ cell: ResultCell) throws -> Bool {
        guard case .boolean(let value) = cell.value else { throw cell.wrongType("Bool") }
        return value
    }
}
extension String: ResultElement {
    public static func read(_ cell: ResultCell) throws -> String {
        guard let text = cell.text else { throw cell.wrongType("String") }
        return text
    }
}
extension WarehouseDecimal: ResultElement {
    public static func read(_ cell: ResultCell) throws -> WarehouseDecimal {
        guard case .integer(let number) = cell.value, case .number(_, let scale) = cell.column.type else {
            throw cell.wrongType("WarehouseDecimal")
        }
        return WarehouseDecimal(unscaled: number, scale: scale)
    }
}
extension CivilDate: ResultElement {
    public static func read(_ cell: ResultCell) throws -> CivilDate {
        guard case .integer(let day) = cell.value, cell.column.type == .date else { throw cell.wrongType("CivilDate") }
        return CivilDate(daysSinceEpoch: Int(day))
    }
}
extension Optional: ResultElement where Wrapped: ResultElement {
    public static func read(_ cell: ResultCell) throws -> Wrapped? {
        cell.isNull ? nil : try Wrapped.read(cell)
    }
}

/// One column of a result, to be read as a Swift type.
public struct ResultColumnValues: Sendable {
    let result: ResultSet
    let index: Int

    public var column: ResultColumn { result.columns[index] }

    /// All values in row order. Throws `wrongSwiftType` where a value does not fit: a NULL needs an optional type.
    public func values<Element: ResultElement>(as type: Element.Type = Element.self) throws -> [Element] {
        var values: [Element] = []
        values.reserveCapacity(result.rowCount)
        let reader = CellReader(result)
        try result.forEachBatch { batch in
            for row in 0..<batch.rowCount {
                values.append(try Element.read(reader.cell(batch, index, row, number: values.count)))
            }
        }
        return values
    }
}

/// Takes cells out of batches.
struct CellReader {
    private let columns: [ResultColumn]
    private let formatters: [ValueFormatter]

    init(_ result: ResultSet) {
        columns = result.columns
        formatters = result.formatters()
    }

    func cell(_ batch: Batch, _ column: Int, _ row: Int, number: Int) -> ResultCell {
        let vector = batch.vectors[column]
        return ResultCell(column: columns[column], row: number, value: ScalarReading.value(vector, row: row),
                          formatter: formatters[column], vector: vector, place: row)
    }
}

extension ResultSet {
    /// A column by name (any case); throws `invalidIdentifier` with near names.
    public subscript(_ name: String) -> ResultColumnValues {
        get throws {
            guard let index = columns.firstIndex(where: { $0.name == name })
                ?? columns.firstIndex(where: { Identifiers.folded($0.name) == Identifiers.folded(name) }) else {
                throw WarehouseError(.invalidIdentifier, "The result has no column '\(name)'.",
                                     hint: Identifiers.hint(for: name, in: columns.map(\.name)))
            }
            return ResultColumnValues(result: self, index: index)
        }
    }

    /// A column by place, from 0.
    public subscript(column index: Int) -> ResultColumnValues { ResultColumnValues(result: self, index: index) }
}

/// Reads single values out of vectors. For results and messages, never for columns of data.
enum ScalarReading {
    static func value(_ vector: Vector, row: Int) -> ScalarValue {
        if vector.isNull(row) { return .null }
        let holder = vector.valueHolder, index = vector.valueIndex(row)
        switch vector.physicalType {
        case .bool: return .boolean(holder.bools[index] != 0)
        case .int32: return .integer(Int128(holder.int32s[index]))
        case .int64: return .integer(Int128(holder.int64s[index]))
        case .int128: return .integer(holder.int128s[index])
        case .double: return .double(holder.doubles[index])
        case .string: return .bytes(Array(holder.strings[index].buffer))
        case .list: return .null
        }
    }
}
