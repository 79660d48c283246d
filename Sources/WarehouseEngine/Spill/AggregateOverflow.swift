import Synchronization
import WarehouseBasics
import WarehouseColumns

/// Where the states of one aggregate put rows when their groups take too much memory. Each state keeps the groups it
/// has then and takes no more rows; those that still come go to disk as they are, by the hash of their key.
final class AggregateOverflow {
    let types: [PhysicalType]
    let keys: [Int]
    let fields: [KeyField]
    private let spill: SpillStore
    private let lock = Monitor()
    private(set) var file: SpillFile?
    private let spilling = Atomic<Bool>(false)
    private let heldBytes = Atomic<Int>(0)
    /// The operator may hold so much whatever others hold: few groups never go to disk.
    private let freeBytes: Int

    /// How often rows are cut at first.
    let partitions: Int
    static let standardPartitions = 64
    static let furtherPartitions = 16

    /// nil: there is no limit, or no disk.
    init?(_ context: QueryContext, types: [PhysicalType], keys: [Int], fields: [KeyField],
          partitions: Int = AggregateOverflow.standardPartitions) {
        guard let spill = context.spill, let limit = context.memory.limitBytes else { return nil }
        self.spill = spill
        self.types = types
        self.keys = keys
        self.fields = fields
        self.partitions = partitions
        freeBytes = limit / 16
    }

    /// Whether some state's rows go to disk: states that begin now keep no groups.
    var isOn: Bool { spilling.load(ordering: .acquiring) }

    /// Notes `bytes` more of a state; true when it is to take no more rows.
    func isFull(after bytes: Int, hasRoom: Bool) -> Bool {
        let held = heldBytes.add(bytes, ordering: .relaxed).newValue
        return !hasRoom && held > freeBytes
    }

    /// Notes that a state gave bytes back.
    func release(_ bytes: Int) { heldBytes.subtract(bytes, ordering: .relaxed) }

    /// Where a state that is to take no more rows puts them.
    func begin(_ context: QueryContext) throws -> PartitionWriter {
        spilling.store(true, ordering: .releasing)
        return try makeWriter(context)
    }

    func makeFile() throws -> SpillFile {
        try lock.withLock {
            let made = try file ?? spill.makeFile()
            file = made
            return made
        }
    }

    func makeWriter(_ context: QueryContext) throws -> PartitionWriter {
        PartitionWriter(try makeFile(), partitioning(level: 0), types: types, context)
    }

    func partitioning(level: Int) -> SpillPartitioning {
        SpillPartitioning(keys: keys, fields: fields, count: level == 0 ? partitions : Self.furtherPartitions,
                          level: level)
    }
}

/// A partition, or one of a partition.
struct PartitionPath {
    private var steps: [(count: Int, partition: Int)] = []

    var level: Int { steps.count }
    /// The partition that it is within.
    var first: Int { steps.first?.partition ?? 0 }

    func appending(_ partition: Int, of count: Int) -> PartitionPath {
        var copy = self
        copy.steps.append((count, partition))
        return copy
    }

    func contains(_ hash: UInt64) -> Bool {
        for (level, step) in steps.enumerated()
        where SpillPartitioning.partition(hash, level: level, count: step.count) != step.partition { return false }
        return true
    }
}

/// Finishes an aggregate whose rows are partly on disk, partition by partition. In each, every state goes on from the
/// groups it had with the rows that it did not take, and states are merged in their order: each group sees its rows in
/// the order, and its sums are added in the way, in which they would have been in memory.
final class SpilledGroups {
    private let overflow: AggregateOverflow
    private let states: [GroupedState]
    private let calls: [AggregateDefinition]
    private let outputTypes: [PhysicalType]
    private let context: QueryContext
    /// A state of calls, for about so many rows.
    private let makeState: ([AggregateDefinition], Int) throws -> GroupedState
    /// The rows that states kept, by state, once these have made room.
    private var unloaded: [UnloadedState]?

    init(_ overflow: AggregateOverflow, _ states: [GroupedState], _ calls: [AggregateDefinition],
         outputTypes: [PhysicalType], _ context: QueryContext,
         makeState: @escaping ([AggregateDefinition], Int) throws -> GroupedState) {
        self.overflow = overflow
        self.states = states
        self.calls = calls
        self.outputTypes = outputTypes
        self.context = context
        self.makeState = makeState
    }

    /// Keys and results: a stripe a partition.
    func finish() throws -> SpilledRows {
        for state in states { try state.hashKeys() }
        let file = try overflow.makeFile(), count = overflow.partitions
        var stripes: [[SpillBlock]?] = Array(repeating: nil, count: count)
        try stripes.withUnsafeMutableBufferPointer { slots in
            let slots = slots
            try TaskPool.run(stripes: count, threads: context.threads) { partition in
                slots[partition] = try finish(partition, file, cutsAgain: false)
            }
        }
        // What was too much beside others is tried alone.
        for partition in 0..<count where stripes[partition] == nil {
            stripes[partition] = try finish(partition, file, cutsAgain: true)
        }
        return SpilledRows(file: file, types: outputTypes, stripes: stripes.map { $0 ?? [] })
    }

    /// The groups of one of the first partitions; nil where they need too much memory.
    private func finish(_ partition: Int, _ file: SpillFile, cutsAgain: Bool) throws -> [SpillBlock]? {
        let blocks = states.map { $0.overflowing?.partitions[partition] ?? [] }
        let writer = SpillWriter(file)
        do {
            try finish(PartitionPath().appending(partition, of: overflow.partitions), blocks, writer,
                       cutsAgain: cutsAgain)
        } catch {
            guard !cutsAgain, error.isMemoryLimit else { throw error }
            return nil
        }
        return writer.blocks
    }

    /// Writes the groups of one partition, computing on disk what keeps many rows of a group. False, and nothing is
    /// written, where that is not what takes the memory.
    private func finishLarge(_ path: PartitionPath, _ blocks: [[SpillBlock]], _ writer: SpillWriter) throws -> Bool {
        guard calls.contains(where: { $0.external != nil }) else { return false }
        let kept = try unloaded ?? states.map { try UnloadedState($0, calls, overflow, context) }
        unloaded = kept
        do {
            guard let groups = try fold(path, blocks, calls.map(\.withoutExternalState)) else { return true }
            let large = try LargeGroups(overflow, groups, calls, context)
            for (index, state) in states.enumerated() {
                try large.add(state, state.groups(in: path), kept[index].rows(ofPartition: path.first), blocks[index])
            }
            try writer.write(try large.finish(), blockBytes: SpillSizes(context).blockBytes, context: context)
            return true
        } catch {
            guard error.isMemoryLimit else { throw error }
            return false
        }
    }

    /// Writes the groups of one partition; `blocks` are its rows, by state.
    private func finish(_ path: PartitionPath, _ blocks: [[SpillBlock]], _ writer: SpillWriter, cutsAgain: Bool)
        throws {
        do {
            if unloaded != nil, try finishLarge(path, blocks, writer) { return }
            guard unloaded == nil else { throw MemoryAccount.exceeded(context.memory.limitBytes ?? 0) }
            guard let groups = try fold(path, blocks, calls) else { return }
            try writer.write(try groups.finish(), blockBytes: SpillSizes(context).blockBytes, context: context)
        } catch {
            // Too many groups for memory, unless cutting again would not help.
            guard cutsAgain, error.isMemoryLimit else { throw error }
            if unloaded == nil, try finishLarge(path, blocks, writer) { return }
            guard path.level < SpillPartitioning.maximumLevel else { throw error }
            try finishParts(path, blocks, writer)
        }
    }

    private func finishParts(_ path: PartitionPath, _ blocks: [[SpillBlock]], _ writer: SpillWriter) throws {
        let file = try overflow.makeFile(), partitioning = overflow.partitioning(level: path.level)
        let parts = try blocks.map { blocks in
            let cut = PartitionWriter(file, partitioning, types: overflow.types, context)
            try push(blocks, into: ClosureConsumer { batch in
                try cut.add(batch)
                return true
            })
            try cut.flush()
            return cut.partitions
        }
        for part in 0..<partitioning.count {
            try finish(path.appending(part, of: partitioning.count), parts.map { $0[part] }, writer,
                       cutsAgain: true)
        }
    }

    private func push(_ blocks: [SpillBlock], into consumer: any BatchConsumer) throws {
        let rows = SpilledRows(file: try overflow.makeFile(), types: overflow.types, stripes: [])
        try rows.push(blocks, columns: overflow.types.count, into: consumer, context: context)
    }

    /// The groups of a partition; nil when there are none.
    private func fold(_ path: PartitionPath, _ blocks: [[SpillBlock]], _ calls: [AggregateDefinition]) throws
        -> GroupedState? {
        var whole: GroupedState?
        for (state, rows) in zip(states, blocks) {
            try context.checkCancelled()
            let groups = state.groups(in: path)
            guard !groups.isEmpty || !rows.isEmpty else { continue }
            let own = try makeState(calls, rows.rowCount + groups.count)
            try own.absorb(state, selection: groups, lends: true)
            if !rows.isEmpty { try push(rows, into: own) }
            try own.finishRows()
            if let whole { try whole.absorb(own, selection: nil, lends: true) } else { whole = own }
        }
        return whole
    }
}
