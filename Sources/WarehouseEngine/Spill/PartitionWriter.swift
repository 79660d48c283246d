import WarehouseBasics
import WarehouseColumns

/// How the rows of a relation are cut by the hash of their keys. Keys that are equal fall in one partition, whichever
/// side of a join they stand on.
struct SpillPartitioning {
    /// Columns of the key.
    let keys: [Int]
    let fields: [KeyField]
    /// A power of two, at most 256.
    let count: Int
    /// Partitions of partitions take other bits of the hash.
    let level: Int

    /// As often as partitions may be cut again.
    static let maximumLevel = 3

    /// As many partitions as it takes for each to have about `target` of `bytes` bytes.
    static func count(for bytes: Int, target: Int) -> Int {
        min(256, max(4, (bytes / max(1, target) + 1).nextPowerOfTwo))
    }

    @inline(__always)
    func partition(_ hash: UInt64) -> Int { SpillPartitioning.partition(hash, level: level, count: count) }

    static func partition(_ hash: UInt64, level: Int, count: Int) -> Int {
        let mixed = KeyIndex.mix(hash ^ (UInt64(level) &* 0xA076_1D64_78BD_642F))
        return Int(truncatingIfNeeded: mixed >> 40) & (count - 1)
    }
}

/// Writes the rows of one stripe to their partitions on disk. Rows are held until they are worth writing, then go out
/// partition by partition, each in the order in which its rows came.
final class PartitionWriter {
    private let partitioning: SpillPartitioning
    private let writer: SpillWriter
    /// Those held.
    private var rows: RowBuffer
    private let types: [PhysicalType]
    private let bufferBytes: Int
    private let blockBytes: Int
    private var numbers: [UInt8] = []
    private var flat: [Vector]
    private(set) var partitions: [[SpillBlock]]
    private let context: QueryContext

    init(_ file: SpillFile, _ partitioning: SpillPartitioning, types: [PhysicalType], _ context: QueryContext) {
        self.partitioning = partitioning
        self.types = types
        self.context = context
        writer = SpillWriter(file)
        rows = RowBuffer(types)
        bufferBytes = SpillSizes(context).bufferBytes
        blockBytes = SpillSizes(context).blockBytes
        flat = types.map { Vector($0, capacity: 1) }
        partitions = Array(repeating: [], count: partitioning.count)
    }

    func add(_ batch: Batch) throws {
        guard batch.rowCount > 0 else { return }
        let keys = partitioning.keys.map { flattened(batch.vectors[$0], $0) }
        let hashes = KeyContentHash.hashes(of: keys, fields: partitioning.fields, rows: batch.rowCount)
        try add(batch) { partitioning.partition(hashes[$0]) }
    }

    /// Adds rows whose partitions are known.
    func add(_ batch: Batch, partition: (Int) -> Int) throws {
        let start = numbers.count
        numbers.append(contentsOf: repeatElement(0, count: batch.rowCount))
        numbers.withUnsafeMutableBufferPointer { numbers in
            for row in 0..<batch.rowCount { numbers[start + row] = UInt8(truncatingIfNeeded: partition(row)) }
        }
        rows.append(batch)
        if rows.allocatedBytes >= bufferBytes { try flush() }
    }

    private func flattened(_ vector: Vector, _ column: Int) -> Vector {
        if vector.form == .flat { return vector }
        if vector.physicalType == .list, flat[column].child == nil {
            flat[column] = Vector(.list, capacity: 1, child: vector.valueHolder.child.map { Vector($0.physicalType) })
        }
        return vector.flattened(into: flat[column])
    }

    /// Writes what is held.
    func flush() throws {
        let held = rows, count = held.rowCount
        guard count > 0 else { return }
        var starts = [Int](repeating: 0, count: partitioning.count + 1)
        for row in 0..<count { starts[Int(numbers[row]) + 1] += 1 }
        for partition in 0..<partitioning.count { starts[partition + 1] += starts[partition] }
        var next = starts
        var order = [Int32](repeating: 0, count: count)
        for row in 0..<count {
            let partition = Int(numbers[row])
            order[next[partition]] = Int32(truncatingIfNeeded: row)
            next[partition] += 1
        }
        let size = SpillWriter.blockRows(held, blockBytes)
        let sources = held.columns.map { $0.vector() }
        let picked = sources.map { source in
            Vector(source.physicalType, capacity: 1, child: source.child.map { Vector($0.physicalType) })
        }
        let before = writer.blocks.count
        var owners: [Int] = []
        try order.withUnsafeBufferPointer { order in
            for partition in 0..<partitioning.count {
                try context.checkCancelled()
                var start = starts[partition]
                while start < starts[partition + 1] {
                    let end = min(starts[partition + 1], start + size)
                    let selection = UnsafeBufferPointer(rebasing: order[start..<end])
                    for column in sources.indices { picked[column].gather(sources[column], selection) }
                    try writer.add(picked, rows: end - start)
                    owners.append(partition)
                    start = end
                }
            }
        }
        try writer.finish()
        for (owner, block) in zip(owners, writer.blocks[before...]) { partitions[owner].append(block) }
        rows = RowBuffer(types)
        numbers.removeAll(keepingCapacity: true)
    }
}

extension SpilledRows {
    /// The rows of an operator by partitions: a stripe of the result each, in the order of the operator's rows.
    static func partitioned(_ source: any PhysicalOperator, _ partitioning: SpillPartitioning, _ file: SpillFile,
                            _ context: QueryContext) throws -> SpilledRows {
        let stripes = try source.prepare(context)
        var written: [[[SpillBlock]]] = Array(repeating: [], count: stripes)
        try written.withUnsafeMutableBufferPointer { slots in
            let slots = slots
            try TaskPool.run(stripes: stripes, threads: context.threads) { stripe in
                let writer = PartitionWriter(file, partitioning, types: source.outputTypes, context)
                try source.run(stripe: stripe, context, into: ClosureConsumer { batch in
                    try writer.add(batch)
                    return true
                })
                try writer.flush()
                slots[stripe] = writer.partitions
            }
        }
        let partitions = (0..<partitioning.count).map { partition in written.flatMap { $0[partition] } }
        return SpilledRows(file: file, types: source.outputTypes, stripes: partitions)
    }
}
