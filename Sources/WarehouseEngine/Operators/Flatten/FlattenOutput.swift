import WarehouseBasics
import WarehouseColumns

/// Collects the elements of one batch's semi-structured values and hands them on a vector at a time.
final class FlattenOutput {
    private let columns: [FlattenColumn]
    private let next: any BatchConsumer
    private let output: Batch
    private let parentColumns: [Int]
    @exclusivity(unchecked) private var parents = RowList()
    @exclusivity(unchecked) private var batch = Batch()
    @exclusivity(unchecked) private var seqs: [Int64] = []
    @exclusivity(unchecked) private var indexes: [Int64] = []
    @exclusivity(unchecked) private var hasIndex: [Bool] = []
    @exclusivity(unchecked) private var views: [[StringView?]]
    @exclusivity(unchecked) private var arena = ByteArena()
    @exclusivity(unchecked) private var viewOwner: Vector?

    let wantsKey: Bool
    let wantsPath: Bool
    let wantsThis: Bool
    private let wantsSeq: Bool
    private let wantsIndex: Bool
    private let wantsValue: Bool
    private static let keySlot = 0, pathSlot = 1, valueSlot = 2, thisSlot = 3

    init(_ parents: [Int], _ columns: [FlattenColumn], _ output: Batch, _ next: any BatchConsumer) {
        self.columns = columns
        self.next = next
        self.output = output
        parentColumns = parents
        wantsKey = columns.contains(.key)
        wantsPath = columns.contains(.path)
        wantsThis = columns.contains(.this)
        wantsSeq = columns.contains(.seq)
        wantsIndex = columns.contains(.index)
        wantsValue = columns.contains(.value)
        views = Array(repeating: [], count: 4)
    }

    /// Begins the rows of a batch. Views given to `add` point into `owner`.
    func begin(_ batch: Batch, owner: Vector) {
        self.batch = batch
        viewOwner = owner
        clear()
    }

    /// Keeps bytes made for one row until it is handed on.
    func keep(_ bytes: ByteBuffer) -> StringView { arena.copy(bytes.view) }

    private func clear() {
        parents.count = 0
        seqs.removeAll(keepingCapacity: true)
        indexes.removeAll(keepingCapacity: true)
        hasIndex.removeAll(keepingCapacity: true)
        for slot in views.indices { views[slot].removeAll(keepingCapacity: true) }
    }

    struct VariantRow {
        var key: StringView?
        var path: StringView?
        var index: Int?
        var value: StringView?
        var this: StringView?
    }

    /// Adds an element of a semi-structured value: of what is known of it, what somebody reads.
    func add(parent: Int, seq: Int64, _ row: VariantRow) throws -> Bool {
        parents.append(parent)
        if wantsSeq { seqs.append(seq) }
        if wantsIndex {
            indexes.append(Int64(row.index ?? 0))
            hasIndex.append(row.index != nil)
        }
        if wantsKey { views[FlattenOutput.keySlot].append(row.key) }
        if wantsPath { views[FlattenOutput.pathSlot].append(row.path) }
        if wantsValue { views[FlattenOutput.valueSlot].append(row.value) }
        if wantsThis { views[FlattenOutput.thisSlot].append(row.this) }
        return parents.count < Vector.standardCapacity ? true : try flush()
    }

    /// Hands the rows so far on.
    func flush() throws -> Bool {
        let count = parents.count
        guard count > 0 else { return true }
        for (index, column) in parentColumns.enumerated() {
            output.vectors[index].gather(batch.vectors[column], parents.selection)
        }
        for (index, column) in columns.enumerated() { fill(output.vectors[parentColumns.count + index], column, count) }
        output.rowCount = count
        clear()
        let goesOn = try next.consume(output)
        arena = ByteArena()
        return goesOn
    }

    private func fill(_ vector: Vector, _ column: FlattenColumn, _ count: Int) {
        switch column {
        case .seq:
            vector.beginFlat(count)
            for row in 0..<count { vector.int64s[row] = seqs[row] }
        case .index:
            vector.beginFlat(count)
            for row in 0..<count { vector.int64s[row] = indexes[row] }
            for row in 0..<count where !hasIndex[row] { vector.setNull(row) }
        case .key: fill(vector, views[FlattenOutput.keySlot], count)
        case .path: fill(vector, views[FlattenOutput.pathSlot], count)
        case .value: fill(vector, views[FlattenOutput.valueSlot], count)
        case .this: fill(vector, views[FlattenOutput.thisSlot], count)
        case .element: vector.fillNull(rows: count)
        }
    }

    private func fill(_ vector: Vector, _ rows: [StringView?], _ count: Int) {
        vector.beginFlat(count)
        if let viewOwner {
            vector.takeOwners(of: viewOwner)
            vector.owners.append(viewOwner)
        }
        vector.owners.append(arena)
        for row in 0..<count {
            let view = row < rows.count ? rows[row] : nil
            vector.strings[row] = view ?? .empty
            if view == nil { vector.setNull(row) }
        }
    }
}
