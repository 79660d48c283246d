import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// What a flatten puts out for each element, behind the input's columns.
enum FlattenColumn: Hashable {
    case seq, key, path, index, value, this
    /// The element of a list in its own type.
    case element(PhysicalType)

    var physicalType: PhysicalType {
        switch self {
        case .seq, .index: .int64
        case .key, .path, .value, .this: .string
        case .element(let type): type
        }
    }
}

/// LATERAL FLATTEN: each row of the input once for each element of its value.
final class FlattenOperator: PhysicalOperator {
    private let input: any PhysicalOperator
    private let valueColumn: Int
    private let parentCount: Int
    private let options: FlattenOptions
    private let columns: [FlattenColumn]
    let outputTypes: [PhysicalType]

    /// `parentCount`: how many of the input's first columns go through.
    init(input: any PhysicalOperator, valueColumn: Int, parentCount: Int, options: FlattenOptions,
         columns: [FlattenColumn]) {
        self.input = input
        self.valueColumn = valueColumn
        self.parentCount = parentCount
        self.options = options
        self.columns = columns
        outputTypes = Array(input.outputTypes.prefix(parentCount)) + columns.map(\.physicalType)
    }

    func prepare(_ context: QueryContext) throws -> Int { try input.prepare(context) }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        let output = FlattenOutput(parentTypes: Array(outputTypes.prefix(parentCount)), columns, consumer)
        // Numbers of input rows must not depend on how other stripes go: each stripe has a range of its own.
        var sequence = Int64(stripe) << 32
        let isList = input.outputTypes[valueColumn] == .list
        let lists = ListFlattener(output, options), variants = VariantFlattener(output, options)
        let valueColumn = valueColumn
        try input.run(stripe: stripe, context, into: ClosureConsumer { batch in
            try context.checkCancelled()
            let vector = batch.vectors[valueColumn]
            defer { sequence += Int64(batch.rowCount) }
            return isList ? try lists.flatten(batch, vector, sequence) : try variants.flatten(batch, vector, sequence)
        })
    }
}

/// How FLATTEN was written.
struct FlattenOptions {
    var path: VariantPath
    var pathText: String
    var isOuter: Bool
    var isRecursive: Bool
    var mode: LogicalFlatten.Mode
}

/// Collects output rows of one input batch and hands them on a vector at a time.
final class FlattenOutput {
    private let columns: [FlattenColumn]
    private let next: any BatchConsumer
    private let output: Batch
    private let parentCount: Int
    private var parents = RowList()
    private var batch = Batch()
    private var seqs: [Int64] = []
    private var indexes: [Int64] = []
    private var hasIndex: [Bool] = []
    private var views: [[StringView?]]
    /// Rows of the elements' vector; -1 for none.
    private var elements = RowList()
    private var elementSource: Vector?
    private var arena = ByteArena()
    private var viewOwner: Vector?

    let wantsKey: Bool
    let wantsPath: Bool
    let wantsThis: Bool
    private static let keySlot = 0, pathSlot = 1, valueSlot = 2, thisSlot = 3

    init(parentTypes: [PhysicalType], _ columns: [FlattenColumn], _ next: any BatchConsumer) {
        self.columns = columns
        self.next = next
        parentCount = parentTypes.count
        output = Batch((parentTypes + columns.map(\.physicalType)).map { Vector($0, capacity: 1) })
        wantsKey = columns.contains(.key)
        wantsPath = columns.contains(.path)
        wantsThis = columns.contains(.this)
        views = Array(repeating: [], count: 4)
    }

    /// Begins the rows of a batch. Views given to `add` point into `owner`; elements are rows of `elements`.
    func begin(_ batch: Batch, owner: Vector?, elements: Vector?) {
        self.batch = batch
        viewOwner = owner
        elementSource = elements
        clear()
    }

    /// Keeps bytes made for one row until it is handed on.
    func keep(_ bytes: ByteBuffer) -> StringView { arena.copy(bytes.view) }

    private func clear() {
        parents.count = 0
        elements.count = 0
        seqs.removeAll(keepingCapacity: true)
        indexes.removeAll(keepingCapacity: true)
        hasIndex.removeAll(keepingCapacity: true)
        for slot in views.indices { views[slot].removeAll(keepingCapacity: true) }
    }

    /// Adds the element of a list; -1 stands for a row without one.
    @inline(__always)
    func add(parent: Int, seq: Int64, listIndex: Int, element: Int) throws -> Bool {
        parents.append(parent)
        elements.append(element)
        seqs.append(seq)
        indexes.append(Int64(listIndex))
        hasIndex.append(element >= 0)
        return parents.count < Vector.standardCapacity ? true : try flush()
    }

    struct VariantRow {
        var key: StringView?
        var path: StringView?
        var index: Int?
        var value: StringView?
        var this: StringView?
    }

    /// Adds an element of a semi-structured value.
    func add(parent: Int, seq: Int64, _ row: VariantRow) throws -> Bool {
        parents.append(parent)
        elements.append(-1)
        seqs.append(seq)
        indexes.append(Int64(row.index ?? 0))
        hasIndex.append(row.index != nil)
        views[FlattenOutput.keySlot].append(row.key)
        views[FlattenOutput.pathSlot].append(row.path)
        views[FlattenOutput.valueSlot].append(row.value)
        views[FlattenOutput.thisSlot].append(row.this)
        return parents.count < Vector.standardCapacity ? true : try flush()
    }

    /// Hands the rows so far on.
    func flush() throws -> Bool {
        let count = parents.count
        guard count > 0 else { return true }
        for column in 0..<parentCount { output.vectors[column].gather(batch.vectors[column], parents.selection) }
        for (index, column) in columns.enumerated() { fill(output.vectors[parentCount + index], column, count) }
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
        case .path:
            if elementSource != nil { fillListPaths(vector, count) }
            else { fill(vector, views[FlattenOutput.pathSlot], count) }
        case .value: fill(vector, views[FlattenOutput.valueSlot], count)
        case .this: fill(vector, views[FlattenOutput.thisSlot], count)
        case .element:
            guard let source = elementSource else { return vector.fillNull(rows: count) }
            vector.gather(source, elements.selection, mayMiss: elements.selection.contains { $0 < 0 })
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

    /// `[3]` for the elements of lists.
    private func fillListPaths(_ vector: Vector, _ count: Int) {
        vector.beginFlat(count)
        let bytes = ByteBuffer()
        for row in 0..<count {
            bytes.removeAll()
            if hasIndex[row] {
                bytes.append(UInt8(ascii: "["))
                bytes.append(text: String(indexes[row]))
                bytes.append(UInt8(ascii: "]"))
            }
            vector.strings[row] = vector.arena.copy(bytes.view)
        }
    }
}

/// Flattens lists of one scalar type.
final class ListFlattener {
    private let output: FlattenOutput
    private let options: FlattenOptions

    init(_ output: FlattenOutput, _ options: FlattenOptions) {
        self.output = output
        self.options = options
    }

    func flatten(_ batch: Batch, _ vector: Vector, _ sequence: Int64) throws -> Bool {
        let holder = vector.valueHolder
        let child = holder.child ?? Vector(.string, capacity: 1)
        output.begin(batch, owner: nil, elements: child)
        let flattens = options.mode != .object
        for row in 0..<batch.rowCount {
            var start = 0, end = 0
            if flattens, !vector.isNull(row) {
                let index = vector.valueIndex(row)
                start = Int(holder.offsets[index])
                end = Int(holder.offsets[index + 1])
            }
            let seq = sequence + Int64(row) + 1
            if start == end {
                if options.isOuter, try !output.add(parent: row, seq: seq, listIndex: 0, element: -1) { return false }
                continue
            }
            for element in start..<end {
                if try !output.add(parent: row, seq: seq, listIndex: element - start, element: element) { return false }
            }
        }
        return try output.flush()
    }
}
