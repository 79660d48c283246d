import WarehouseBasics
import WarehouseColumns

/// HLL_ACCUMULATE: the sketch of a group's values; with `isCombining`, HLL_COMBINE: of sketches.
final class HyperLogLogReducer: GroupReducer {
    private let isCombining: Bool
    private let field: KeyField
    private var hashes: [UInt64] = []

    init(isCombining: Bool, field: KeyField) {
        self.isCombining = isCombining
        self.field = field
    }

    func makeColumn(_ rows: RowBuffer, groups: Int) -> ColumnBuffer {
        if !isCombining {
            hashes = KeyContentHash.hashes(of: [rows.columns[0].vector()], fields: [field], rows: rows.rowCount)
        }
        return ColumnBuffer(.string, capacity: groups)
    }

    func reduce(_ rows: RowBuffer, _ members: [Int], into column: inout ColumnBuffer, check: () throws -> Void) throws {
        var sketch = HyperLogLog()
        for (index, row) in members.enumerated() {
            if index & 0xFFF == 0 { try check() }
            if isCombining { sketch.merge(try HyperLogLog(state: rows.columns[0].strings[row])) }
            else { sketch.insert(hash: Hash64.mix(hashes[row])) }
        }
        column.append(shared: column.arena.copy(sketch.encoded))
    }
}

/// MINHASH: the least of each of several hashes over a group's rows; with `isCombining`, MINHASH_COMBINE: over states.
final class MinHashReducer: DocumentReducer {
    let builder = VariantBuilder()
    private let count: Int
    private let fields: [KeyField]
    private let isCombining: Bool
    private var hashes: [UInt64] = []

    init(count: Int, fields: [KeyField], isCombining: Bool) {
        self.count = count
        self.fields = fields
        self.isCombining = isCombining
    }

    func makeColumn(_ rows: RowBuffer, groups: Int) -> ColumnBuffer {
        if !isCombining {
            hashes = KeyContentHash.hashes(of: rows.columns.prefix(fields.count).map { $0.vector() }, fields: fields,
                                           rows: rows.rowCount)
        }
        return ColumnBuffer(.string, capacity: groups)
    }

    func write(_ rows: RowBuffer, _ members: [Int], _ check: () throws -> Void) throws -> Bool {
        var least: [UInt64] = isCombining ? [] : Array(repeating: .max, count: count)
        for (index, row) in members.enumerated() {
            if index & 0x3F == 0 { try check() }
            if isCombining {
                let state = try MinHashState.values(rows.variant(0, row))
                if least.isEmpty { least = state }
                guard least.count == state.count else { throw MinHashState.invalid() }
                for index in least.indices { least[index] = min(least[index], state[index]) }
            } else {
                for index in 0..<count {
                    let seed = UInt64(index &+ 1) &* 0x9E37_79B9_7F4A_7C15
                    least[index] = min(least[index], Hash64.mix(hashes[row] ^ seed))
                }
            }
        }
        if isCombining, members.isEmpty { return false }
        try MinHashState.write(least, to: builder)
        return true
    }
}

/// APPROXIMATE_SIMILARITY: the share of places at which all states agree.
struct SimilarityReducer: GroupReducer {
    func makeColumn(_ rows: RowBuffer, groups: Int) -> ColumnBuffer { ColumnBuffer(.double, capacity: groups) }

    func reduce(_ rows: RowBuffer, _ members: [Int], into column: inout ColumnBuffer, check: () throws -> Void) throws {
        guard let first = members.first else { return column.appendNull() }
        let reference = try MinHashState.values(rows.variant(0, first))
        var agrees = [Bool](repeating: true, count: reference.count)
        for row in members.dropFirst() {
            try check()
            let state = try MinHashState.values(rows.variant(0, row))
            guard state.count == reference.count else { throw MinHashState.invalid() }
            for index in agrees.indices where state[index] != reference[index] { agrees[index] = false }
        }
        guard !agrees.isEmpty else { throw MinHashState.invalid() }
        column.append(double: Double(agrees.count { $0 }) / Double(agrees.count))
    }
}

/// A MINHASH state: `{"state": [...], "type": "minhash", "version": 1}`.
enum MinHashState {
    static func invalid() -> WarehouseError {
        WarehouseError(.invalidValue, "The value is not a MINHASH state, or the states have different sizes.")
    }

    static func write(_ values: [UInt64], to builder: VariantBuilder) throws {
        try builder.beginObject()
        builder.key("state")
        try builder.beginArray()
        for value in values { builder.integer(Int128(value)) }
        try builder.endArray()
        builder.key("type")
        builder.string("minhash")
        builder.key("version")
        builder.integer(1)
        try builder.endObject()
    }

    static func values(_ view: VariantView) throws -> [UInt64] {
        guard let type = view.find("type"), type.kind == .string, type.string.string == "minhash",
              let state = view.find("state"), state.kind == .array else { throw invalid() }
        return try (0..<state.elementCount).map { index in
            guard state[index].kind == .integer, let value = UInt64(exactly: state[index].unscaled) else {
                throw invalid()
            }
            return value
        }
    }
}
