import WarehouseBasics
import WarehouseColumns

/// The state of one aggregate call for all groups of one stripe. Groups are numbered by whoever groups; the state of
/// a new group is empty. States of stripes are merged in stripe order.
class Aggregator {
    /// Makes room for groups `0 ..< groups`. Called before each `update` and `merge`.
    func reserve(groups: Int) {}

    /// Takes in rows of one batch: `arguments` are the call's argument columns, then its order columns.
    func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {}

    /// Takes in groups of another state of the same class: group `from[i]` there is group `to[i]` here.
    func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {}

    /// The results of groups `0 ..< groups`, a row a group.
    func finish(groups: Int) throws -> ColumnBuffer { ColumnBuffer(.bool) }

    /// What another call makes of the same state; see `SharedResult`.
    func finish(groups: Int, as result: SharedResult) throws -> ColumnBuffer {
        throw WarehouseError(.internalFault, "This aggregate's state serves no other.")
    }

    /// What `DenseSums` may add up in its place; nil: nothing.
    var denseKind: DenseSum.Kind? { nil }

    /// Takes in sums of rows that `update` has not seen: `sums[i]` of group `groups[i]`.
    func take(_ sums: UnsafePointer<DenseSum>, groups: UnsafePointer<Int32>, count: Int) {}

    var allocatedBytes: Int { 0 }

    /// Hands out the rows of arguments that the state keeps, in their order; with groups, the last column is their number.
    func pushRows(_ body: @escaping (Batch) throws -> Void) throws {
        throw WarehouseError(.internalFault, "This aggregate's state keeps no rows.")
    }

    /// Whether merging a group costs no more than updating it by a row or two.
    var hasSmallStates: Bool { false }

    /// Whether of rows alike the first counts: rows and states must come in their order.
    var prefersFirst: Bool { false }

    /// The query's, for what takes long at the end.
    var context: QueryContext?
    final func checkCancelled() throws { try context?.checkCancelled() }

    private var scratch: [Vector?] = []

    /// The argument as a flat vector.
    final func flat(_ arguments: [Vector], _ index: Int) -> Vector {
        let vector = arguments[index]
        if vector.form == .flat { return vector }
        while scratch.count <= index { scratch.append(nil) }
        if let known = scratch[index] { return vector.flattened(into: known) }
        let made = Vector(vector.physicalType, capacity: max(1, vector.count),
                          child: vector.valueHolder.child.map { Vector($0.physicalType) })
        scratch[index] = made
        return vector.flattened(into: made)
    }
}

/// Which group each row of a batch belongs to.
enum GroupAssignment {
    /// A group number a row.
    case rows(UnsafePointer<Int32>)
    /// Run `i` ends before row `ends[i]` and belongs wholly to group `groups[i]`.
    case runs(groups: UnsafePointer<Int32>, ends: UnsafePointer<Int32>, count: Int)
}

extension GroupAssignment {
    /// All rows in group 0.
    static func single<Result>(rows: Int, _ body: (GroupAssignment) throws -> Result) rethrows -> Result {
        let group: Int32 = 0
        return try withUnsafePointer(to: group) { group in
            try withUnsafePointer(to: Int32(truncatingIfNeeded: rows)) { end in
                try body(.runs(groups: group, ends: end, count: 1))
            }
        }
    }

    /// Calls `step` with the state of each non-null row's group, keeping it in registers along a run.
    @inline(__always)
    func forEach<State: BitwiseCopyable>(
        _ states: UnsafeMutablePointer<State>, _ validity: UnsafePointer<UInt64>?, _ rows: Int,
        _ step: (inout State, Int) -> Void
    ) {
        switch self {
        case .rows(let ids):
            if let validity {
                for row in 0..<rows where ValidityWords.isValid(validity, row) { step(&states[Int(ids[row])], row) }
            } else {
                for row in 0..<rows { step(&states[Int(ids[row])], row) }
            }
        case .runs(let groups, let ends, let count):
            var row = 0
            for run in 0..<count {
                let end = Int(ends[run]), group = Int(groups[run])
                var state = states[group]
                if let validity {
                    while row < end {
                        if ValidityWords.isValid(validity, row) { step(&state, row) }
                        row &+= 1
                    }
                } else {
                    while row < end {
                        step(&state, row)
                        row &+= 1
                    }
                }
                states[group] = state
            }
        }
    }

    /// Calls `step` with each row's group and the row, in row order.
    @inline(__always)
    func forEachRow(_ rows: Int, _ step: (Int, Int) throws -> Void) rethrows {
        switch self {
        case .rows(let ids):
            for row in 0..<rows { try step(Int(ids[row]), row) }
        case .runs(let groups, let ends, let count):
            var row = 0
            for run in 0..<count {
                let end = Int(ends[run]), group = Int(groups[run])
                while row < end {
                    try step(group, row)
                    row &+= 1
                }
            }
        }
    }
}

/// A growing array of plain states, one a group.
struct StateArray<State: BitwiseCopyable>: ~Copyable {
    private(set) var states: UnsafeMutablePointer<State>
    private(set) var count = 0
    private let empty: State

    init(empty: State) {
        self.empty = empty
        states = PageMemory.allocate(State.self, count: 0)
    }

    deinit { PageMemory.deallocate(states, count: count) }

    /// States `count ..< wanted` become empty ones.
    mutating func grow(to wanted: Int) {
        guard wanted > count else { return }
        let capacity = max(wanted, count * 2, 16)
        let grown = PageMemory.allocate(State.self, count: capacity)
        grown.update(from: states, count: count)
        (grown + count).initialize(repeating: empty, count: capacity - count)
        PageMemory.deallocate(states, count: count)
        states = grown
        count = capacity
    }

    var allocatedBytes: Int { count * MemoryLayout<State>.stride }
}

/// Builds result columns.
enum AggregateResult {
    /// An integer column of type `type`; `value` gives nil for NULL.
    @inline(__always)
    static func integers(_ groups: Int, _ type: PhysicalType, _ value: (Int) throws -> Int128?) throws -> ColumnBuffer {
        let column = ColumnBuffer(type, capacity: max(1, groups))
        var nulls: [Int] = [], fits = true
        switch type {
        case .int32:
            let target = column.int32s
            for group in 0..<groups {
                let number = try value(group)
                if number == nil { nulls.append(group) }
                let narrow = Int32(truncatingIfNeeded: number ?? 0)
                fits = fits && Int128(narrow) == number ?? 0
                target[group] = narrow
            }
        case .int64:
            let target = column.int64s
            for group in 0..<groups {
                let number = try value(group)
                if number == nil { nulls.append(group) }
                let narrow = Int64(truncatingIfNeeded: number ?? 0)
                fits = fits && Int128(narrow) == number ?? 0
                target[group] = narrow
            }
        default:
            let target = column.int128s
            for group in 0..<groups {
                let number = try value(group)
                if number == nil { nulls.append(group) }
                target[group] = number ?? 0
            }
        }
        guard fits else {
            throw WarehouseError(.internalFault, "An aggregate's result is wider than its column.")
        }
        return finish(column, groups, nulls)
    }

    private static func finish(_ column: ColumnBuffer, _ groups: Int, _ nulls: [Int]) -> ColumnBuffer {
        column.commit(groups)
        for group in nulls { column.setNull(group) }
        return column
    }

    /// A FLOAT column.
    @inline(__always)
    static func doubles(_ groups: Int, _ value: (Int) -> Double?) -> ColumnBuffer {
        let column = ColumnBuffer(.double, capacity: max(1, groups)), target = column.doubles
        var nulls: [Int] = []
        for group in 0..<groups {
            let number = value(group)
            if number == nil { nulls.append(group) }
            target[group] = number ?? 0
        }
        return finish(column, groups, nulls)
    }

    /// A BOOLEAN column.
    @inline(__always)
    static func booleans(_ groups: Int, _ value: (Int) -> Bool?) -> ColumnBuffer {
        let column = ColumnBuffer(.bool, capacity: max(1, groups)), target = column.bools
        var nulls: [Int] = []
        for group in 0..<groups {
            let flag = value(group)
            if flag == nil { nulls.append(group) }
            target[group] = flag == true ? 1 : 0
        }
        return finish(column, groups, nulls)
    }
}
