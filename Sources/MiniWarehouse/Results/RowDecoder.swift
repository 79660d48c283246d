import WarehouseBasics
import WarehouseColumns

extension ResultSet {
    /// Every row as a `Decodable` value. A property `movieId` or `movieID` reads column MOVIE_ID or MOVIEID.
    public func decode<Row: Decodable>(_ type: Row.Type) throws -> [Row] {
        var result: [Row] = []
        result.reserveCapacity(rowCount)
        var indexes: [String: Int] = [:]
        for (index, column) in columns.enumerated() {
            let key = RowDecoder.plain(column.name)
            if indexes[key] == nil { indexes[key] = index }
        }
        let reader = CellReader(self), names = columns.map(\.name)
        try forEachBatch { batch in
            for row in 0..<batch.rowCount {
                let number = result.count
                result.append(try Row(from: RowDecoder(names: names, indexes: indexes) { column in
                    reader.cell(batch, column, row, number: number)
                }))
            }
        }
        return result
    }
}

/// Reads one row as a keyed container.
struct RowDecoder: Decoder {
    let names: [String]
    let indexes: [String: Int]
    let read: (Int) -> ResultCell

    init(names: [String], indexes: [String: Int], read: @escaping (Int) -> ResultCell) {
        self.names = names
        self.indexes = indexes
        self.read = read
    }

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// Upper case without underscores: what names are compared by.
    static func plain(_ name: String) -> String { Identifiers.folded(String(name.filter { $0 != "_" })) }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RowContainer<Key>(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw WarehouseError(.wrongSwiftType, "A row is decoded into a type with named properties, not into a list.")
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw WarehouseError(.wrongSwiftType, "A row is decoded into a type with named properties.",
                             hint: "For a single column use result[\"name\"].values().")
    }

    fileprivate func cell(_ key: String) throws -> ResultCell {
        guard let index = indexes[RowDecoder.plain(key)] else {
            throw WarehouseError(.invalidIdentifier, "The result has no column for property '\(key)'.",
                                 hint: Identifiers.hint(for: key, in: names))
        }
        return read(index)
    }
}

private struct RowContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RowDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { decoder.names.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { decoder.indexes[RowDecoder.plain(key.stringValue)] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try decoder.cell(key.stringValue).isNull }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try T(cell: try decoder.cell(key.stringValue))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type,
                                            forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        throw WarehouseError(.wrongSwiftType, "Property '\(key.stringValue)' is nested; a row is flat.")
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw WarehouseError(.wrongSwiftType, "Property '\(key.stringValue)' is a list; a row is flat.")
    }
    func superDecoder() throws -> any Decoder { decoder }
    func superDecoder(forKey key: Key) throws -> any Decoder { decoder }
}

extension Decodable {
    /// Reads a cell: directly where the type is a `ResultElement`, else as a single value (enums with raw values).
    fileprivate init(cell: ResultCell) throws {
        if let element = Self.self as? any ResultElement.Type, let value = try element.read(cell) as? Self {
            self = value
        } else {
            self = try Self(from: CellDecoder(cell: cell))
        }
    }
}

private struct CellDecoder: Decoder, SingleValueDecodingContainer {
    let cell: ResultCell
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        throw cell.wrongType("a type with properties of its own")
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw cell.wrongType("a list") }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }
    func decodeNil() -> Bool { cell.isNull }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if let element = type as? any ResultElement.Type, let value = try element.read(cell) as? T { return value }
        throw cell.wrongType("\(T.self)")
    }
}

// So that a row's properties may be of these types; elsewhere they are read from their texts.
extension CivilDate: Decodable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
              let date = CivilDate(checkedYear: year, month: month, day: day) else {
            throw WarehouseError(.dateNotRecognized, "Date '\(text)' is not recognized")
        }
        self = date
    }
}

extension WarehouseDecimal: Decodable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        let scale = text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
        guard scale <= 37, let unscaled = DecimalText.parse(text, precision: 38, scale: scale) else {
            throw WarehouseError(.numericNotRecognized, "Numeric value '\(text)' is not recognized")
        }
        self.init(unscaled: unscaled, scale: scale)
    }
}
