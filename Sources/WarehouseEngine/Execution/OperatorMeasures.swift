import Synchronization
import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// What EXPLAIN ANALYZE tells of one operator.
public struct OperatorMeasure: Sendable, Hashable {
    /// Depth in the tree, 0 at the root.
    public var depth: Int
    /// Name of the plan node.
    public var name: String
    public var rowCount: Int
    public var batchCount: Int
    /// Thread time spent in the operator itself, without its inputs and whoever consumed its rows.
    public var nanoseconds: Int
    /// Most bytes that its rows and tables took at one time; 0 where it keeps none.
    public var peakBytes: Int
    /// Bytes that it wrote to temporary files.
    public var spilledBytes: Int
    /// Whether it is a secure view, whose work tells of rows that it leaves out: none is told but the number of its rows.
    public var hidesWork: Bool

    public init(depth: Int, name: String, rowCount: Int, batchCount: Int, nanoseconds: Int, peakBytes: Int,
                spilledBytes: Int, hidesWork: Bool = false) {
        self.depth = depth
        self.name = name
        self.rowCount = rowCount
        self.batchCount = batchCount
        self.nanoseconds = nanoseconds
        self.peakBytes = peakBytes
        self.spilledBytes = spilledBytes
        self.hidesWork = hidesWork
    }
}

/// Counters of all operators of one query, in the order of the plan's tree, root first.
final class OperatorMeasures {
    final class Slot: Sendable {
        let depth: Int
        let name: String
        let rows = Atomic<Int>(0)
        let batches = Atomic<Int>(0)
        /// Time in `prepare` and `run` of the operator and its inputs, without its consumer.
        let nanoseconds = Atomic<Int>(0)
        let peakBytes = Atomic<Int>(0)
        let spilledBytes = Atomic<Int>(0)
        let hidesWork: Bool
        init(depth: Int, name: String, hidesWork: Bool) {
            self.depth = depth
            self.name = name
            self.hidesWork = hidesWork
        }
    }

    private(set) var slots: [Slot] = []
    private var depth = 0
    /// How deep the secure view stands that is being compiled; what it reads is not told of.
    private var hiddenBelow: Int?

    /// nil below a secure view.
    func open(_ name: String, hidesInputs: Bool) -> Slot? {
        if hiddenBelow != nil {
            depth += 1
            return nil
        }
        if hidesInputs { hiddenBelow = depth }
        let slot = Slot(depth: depth, name: name, hidesWork: hidesInputs)
        slots.append(slot)
        depth += 1
        return slot
    }

    func close() {
        depth -= 1
        if hiddenBelow == depth { hiddenBelow = nil }
    }

    /// The counts so far; each operator's own time is its whole time less that of its inputs.
    var measures: [OperatorMeasure] { OperatorMeasures.measures(slots) }

    static func measures(_ slots: [Slot]) -> [OperatorMeasure] {
        slots.indices.map { index in
            let slot = slots[index]
            var own = slot.nanoseconds.load(ordering: .relaxed)
            for other in slots[(index + 1)...] {
                if other.depth <= slot.depth { break }
                if other.depth == slot.depth + 1 { own -= other.nanoseconds.load(ordering: .relaxed) }
            }
            return OperatorMeasure(depth: slot.depth, name: slot.name, rowCount: slot.rows.load(ordering: .relaxed),
                                   batchCount: slot.batches.load(ordering: .relaxed), nanoseconds: max(0, own),
                                   peakBytes: slot.peakBytes.load(ordering: .relaxed),
                                   spilledBytes: slot.spilledBytes.load(ordering: .relaxed), hidesWork: slot.hidesWork)
        }
    }
}

/// An operator that counts what passes.
final class MeteredOperator: RowRangeOperator, GroupsOperator, CountedOperator {
    private let inner: any PhysicalOperator
    private let slot: OperatorMeasures.Slot
    private let clock = ContinuousClock()
    var outputTypes: [PhysicalType] { inner.outputTypes }

    init(_ inner: any PhysicalOperator, _ slot: OperatorMeasures.Slot) {
        self.inner = inner
        self.slot = slot
    }

    func rows(_ wanted: Range<Int>) -> (any PhysicalOperator)? {
        (inner as? any RowRangeOperator)?.rows(wanted).map { MeteredOperator($0, slot) }
    }

    func stripeRows() -> [Int]? { (inner as? any CountedOperator)?.stripeRows() }

    func dropKeys() -> Bool { (inner as? any GroupsOperator)?.dropKeys() ?? false }

    func prepare(_ context: QueryContext) throws -> Int {
        let start = clock.now
        defer {
            slot.nanoseconds.add((clock.now - start).wholeNanoseconds, ordering: .relaxed)
            if let resources = (inner as? any ResourcefulOperator)?.resources {
                slot.peakBytes.store(resources.peakBytes, ordering: .relaxed)
                slot.spilledBytes.store(resources.spilledBytes, ordering: .relaxed)
            }
        }
        return try inner.prepare(context)
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        let start = clock.now
        var away = 0
        let clock = clock, slot = slot
        defer { slot.nanoseconds.add((clock.now - start).wholeNanoseconds - away, ordering: .relaxed) }
        try inner.run(stripe: stripe, context, into: ClosureConsumer { batch in
            slot.rows.add(batch.rowCount, ordering: .relaxed)
            slot.batches.add(1, ordering: .relaxed)
            let left = clock.now
            defer { away += (clock.now - left).wholeNanoseconds }
            return try consumer.consume(batch)
        })
    }
}

extension Duration {
    var wholeNanoseconds: Int {
        let parts = components
        return Int(clamping: parts.seconds &* 1_000_000_000 &+ parts.attoseconds / 1_000_000_000)
    }
}

extension JoinMethod {
    var operatorName: String {
        switch self {
        case .keys: "HashJoin"
        case .anyKey: "AnyKeyJoin"
        case .ranges: "RangeJoin"
        case .everyPair: "NestedLoopJoin"
        }
    }
}

extension LogicalPlan {
    /// Name of the node in EXPLAIN ANALYZE.
    var operatorName: String {
        switch self {
        case .scan(let scan): "Scan \(scan.table.name)"
        case .values: "Values"
        case .filter: "Filter"
        case .project: "Project"
        case .aggregate: "Aggregate"
        case .join(let join): "\(join.method.operatorName) \(join.kind.rawValue)"
        case .sort: "Sort"
        case .limit: isFence ? "SecureView" : "Limit"
        case .window: "Window"
        case .unionAll: "UnionAll"
        case .distinct: "Distinct"
        case .setOperation(let kind, _, _, _): "SetOperation \(kind.rawValue)"
        case .flatten: "Flatten"
        case .singleRow: "SingleRow"
        case .recursion: "Recursion"
        case .shared(let shared): "Shared \(shared.number)"
        }
    }
}
