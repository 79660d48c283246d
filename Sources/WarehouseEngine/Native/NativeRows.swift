import WarehouseBasics
import WarehouseColumns

/// The arguments of a native function: read by argument and row.
public struct NativeRows {
    private let vectors: [Vector]
    private let validities: [ArgumentValidity]
    private let steps: [Int]

    init(_ vectors: [Vector]) {
        self.vectors = vectors
        validities = vectors.map { ArgumentValidity($0) }
        steps = vectors.map { $0.form == .constant ? 0 : 1 }
    }

    public func isNull(_ index: Int, _ row: Int) -> Bool { !validities[index].isValid(row) }
    public func integer(_ index: Int, _ row: Int) -> Int64 { vectors[index].int64s[row &* steps[index]] }
    public func float(_ index: Int, _ row: Int) -> Double { vectors[index].doubles[row &* steps[index]] }
    public func boolean(_ index: Int, _ row: Int) -> Bool { vectors[index].bools[row &* steps[index]] != 0 }
    public func text(_ index: Int, _ row: Int) -> String { vectors[index].strings[row &* steps[index]].string }
    public func bytes(_ index: Int, _ row: Int) -> [UInt8] {
        Array(vectors[index].strings[row &* steps[index]].buffer)
    }
}

/// Where a native function puts its value for a row.
public final class NativeResult {
    private let vector: Vector
    private var budget: TextBudget

    init(_ vector: Vector, rows: Int) {
        self.vector = vector
        budget = TextBudget(rows: rows)
    }

    public func setNull(_ row: Int) {
        vector.storeZero(at: row)
        vector.setNull(row)
    }

    public func set(_ value: Int64, _ row: Int) { vector.int64s[row] = value }
    public func set(_ value: Double, _ row: Int) { vector.doubles[row] = value }
    public func set(_ value: Bool, _ row: Int) { vector.bools[row] = value ? 1 : 0 }

    public func set(_ value: String, _ row: Int) throws {
        var value = value
        try value.withUTF8 { try set($0, row) }
    }

    public func set(_ value: [UInt8], _ row: Int) throws { try value.withUnsafeBufferPointer { try set($0, row) } }

    private func set(_ bytes: UnsafeBufferPointer<UInt8>, _ row: Int) throws {
        try budget.take(bytes.count)
        vector.strings[row] = bytes.baseAddress.map { vector.arena.copy($0, count: bytes.count) } ?? .empty
    }
}

/// The states of a native aggregate for all groups of one part of the rows.
open class NativeAccumulator {
    public init() {}

    /// Makes room for groups `0 ..< groups`.
    open func reserve(groups: Int) {}

    /// Takes a row into a group.
    open func update(_ arguments: NativeRows, _ row: Int, group: Int) throws {}

    /// Takes a group of another accumulator of the same function in.
    open func merge(_ other: NativeAccumulator, from: Int, to: Int) throws {}

    /// Puts a group's value at row `group`.
    open func finish(group: Int, _ result: NativeResult) throws {}
}
