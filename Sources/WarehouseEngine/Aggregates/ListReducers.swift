import WarehouseBasics
import WarehouseColumns

/// Makes one value of a group's rows, taking one after the other: of rows in memory, or as they come from disk.
protocol ListReducer: GroupReducer {
    /// Begins the next group's value.
    func begin() throws
    /// How many columns it reads, the first ones, all of strings.
    var width: Int { get }
    /// Takes a row of them; throws where the value becomes too long.
    func add(_ columns: [UnsafeMutablePointer<StringView>], _ row: Int) throws
    /// Appends the value.
    func end(into column: inout ColumnBuffer) throws
}

extension ListReducer {
    func makeColumn(_ rows: RowBuffer, groups: Int) -> ColumnBuffer { ColumnBuffer(.string, capacity: groups) }

    func reduce(_ rows: RowBuffer, _ members: [Int], into column: inout ColumnBuffer, check: () throws -> Void) throws {
        let columns = rows.columns.prefix(width).map(\.strings)
        try begin()
        for (index, row) in members.enumerated() {
            if index & 0xFFF == 0 { try check() }
            try add(columns, row)
        }
        try end(into: &column)
    }
}

/// LISTAGG: strings joined by a separator; of no rows the empty string.
final class TextListReducer: ListReducer {
    let width = 1
    private let separator: [UInt8]
    private let text = ByteBuffer()
    private var isFirst = true

    init(separator: [UInt8]) { self.separator = separator }

    func begin() {
        text.removeAll()
        isFirst = true
    }

    func add(_ columns: [UnsafeMutablePointer<StringView>], _ row: Int) throws {
        if !isFirst { text.append(separator) }
        isFirst = false
        text.append(columns[0][row])
        guard text.count > LogicalType.maximumTextLength else { return }
        throw WarehouseError(.stringTooLong, "The result of LISTAGG is longer than \(LogicalType.maximumTextLength) bytes.")
    }

    func end(into column: inout ColumnBuffer) {
        column.append(shared: text.count == 0 ? .empty : column.arena.copy(StringView(text.bytes, count: text.count)))
    }
}

/// ARRAY_AGG over VARIANT values; of no rows the empty array.
final class ArrayReducer: ListReducer {
    let width = 1
    private let builder = VariantBuilder()

    func begin() throws {
        builder.reset()
        try builder.beginArray()
    }

    func add(_ columns: [UnsafeMutablePointer<StringView>], _ row: Int) throws {
        builder.value(VariantView(columns[0][row]))
        try builder.checkSize()
    }

    func end(into column: inout ColumnBuffer) throws {
        try builder.endArray()
        column.append(shared: column.arena.copy(builder.encoded))
    }
}

/// OBJECT_AGG over keys and VARIANT values.
final class ObjectReducer: ListReducer {
    let width = 2
    private let builder = VariantBuilder()

    func begin() throws {
        builder.reset()
        try builder.beginObject()
    }

    func add(_ columns: [UnsafeMutablePointer<StringView>], _ row: Int) throws {
        builder.key(columns[0][row])
        builder.value(VariantView(columns[1][row]))
        try builder.checkSize()
    }

    func end(into column: inout ColumnBuffer) throws {
        try builder.endObject()
        column.append(shared: column.arena.copy(builder.encoded))
    }
}
