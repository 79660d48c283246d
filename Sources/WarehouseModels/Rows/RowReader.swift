import WarehouseSQL

/// The `Decoder` that lets a row's synthesized initializer list its columns: each `Expr` it is asked for becomes a
/// reference to a column.
final class RowReader: Decoder {
    /// nil makes columns that are named by their number: the first pass, which finds out the names.
    private let alias: String?
    private let names: [String]?
    /// What a snapshot's row takes for "until now".
    let historyEnd: HistoryEnd
    /// The coding keys asked for so far.
    private(set) var keys: [String] = []
    /// What cannot be part of a row.
    private(set) var fault: String?

    init(alias: String?, names: [String]?, naming: ColumnNaming = .snakeCase) {
        self.alias = alias
        self.names = names
        if case .history(_, let time) = naming { historyEnd = HistoryEnd(time: time) } else { historyEnd = HistoryEnd() }
    }

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Columns<Key>(reader: self))
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw refuse("a list") }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw refuse("a single value") }

    private func refuse(_ what: String) -> DecodingError {
        fault = fault ?? "a Row holds only Expr columns and other Rows, not \(what)"
        return DecodingError.dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: fault ?? what))
    }

    private func nextColumn(_ key: String) -> ColumnDecoder {
        defer { keys.append(key) }
        guard let alias, let names else { return ColumnDecoder(tree: SyntaxTree.column(String(keys.count))) }
        return ColumnDecoder(tree: SyntaxTree.column(alias, names[keys.count]))
    }

    private struct Columns<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let reader: RowReader
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { [] }
        func contains(_ key: Key) -> Bool { true }
        func decodeNil(forKey key: Key) throws -> Bool { throw reader.refuse("\(key.stringValue), an optional") }
        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
            if type is any Row.Type { return try T(from: reader) }
            guard type is any AnyExpr.Type else { throw reader.refuse("\(key.stringValue), a \(type)") }
            return try T(from: reader.nextColumn(key.stringValue))
        }
        func nestedContainer<NestedKey: CodingKey>(
            keyedBy type: NestedKey.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<NestedKey> { throw reader.refuse(key.stringValue) }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            throw reader.refuse(key.stringValue)
        }
        func superDecoder() throws -> any Decoder { reader }
        func superDecoder(forKey key: Key) throws -> any Decoder { reader }
    }
}

/// Hands the initializer of an `Expr` its column.
private struct ColumnDecoder: Decoder {
    let tree: Expression
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> { throw noData }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw noData }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw noData }
    private var noData: DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: "An Expr holds no data."))
    }
}

extension Expr: Decodable {
    /// Only for the initializer that `Row` gets from the compiler: there is no data to decode, and any other decoder
    /// is an error.
    public init(from decoder: any Decoder) throws {
        guard let column = decoder as? ColumnDecoder else {
            throw DecodingError.dataCorrupted(DecodingError.Context(
                codingPath: decoder.codingPath, debugDescription: "An Expr holds no data to decode."))
        }
        self.init(tree: column.tree)
    }
}
