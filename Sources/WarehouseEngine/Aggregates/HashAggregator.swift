import WarehouseColumns

/// HASH_AGG: a 64-bit hash of a set of rows that does not depend on their order; nulls count.
final class HashAggregator: Aggregator {
    private var states = StateArray<UInt64>(empty: 0)
    private let fields: [KeyField]

    init(_ fields: [KeyField]) { self.fields = fields }

    override var hasSmallStates: Bool { true }
    override var allocatedBytes: Int { states.allocatedBytes }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let vectors = arguments.indices.map { flat(arguments, $0) }
        let hashes = KeyContentHash.hashes(of: vectors, fields: fields, rows: rows)
        hashes.withUnsafeBufferPointer { hashes in
            groups.forEach(states.states, nil, rows) { state, row in state &+= KeyIndex.mix(hashes[row]) }
        }
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? HashAggregator else { return }
        for index in 0..<count { states.states[Int(to[index])] &+= other.states.states[Int(from[index])] }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.grow(to: groups)
        return try AggregateResult.integers(groups, .int64) { Int128(Int64(bitPattern: states.states[$0])) }
    }
}
