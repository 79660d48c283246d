import WarehouseBasics
import WarehouseColumns

/// The rows that a state of groups kept of calls that can go on on disk: the columns that are read, then the number of
/// the group in the state, by partition of the groups' keys. The state has them no more.
struct UnloadedState {
    /// By call, then by partition; empty where a call's state stays in memory.
    private var blocks: [[[SpillBlock]]] = []

    /// The state has hashed its keys.
    init(_ state: GroupedState, _ calls: [AggregateDefinition], _ overflow: AggregateOverflow, _ context: QueryContext)
        throws {
        let partitioning = overflow.partitioning(level: 0), hashes = state.groupHashes
        var released: Set<Int> = []
        for (index, call) in calls.enumerated() {
            guard let width = call.externalWidth else {
                blocks.append([])
                continue
            }
            released.insert(index)
            let types = call.arguments.prefix(width).map { overflow.types[$0] } + [.int32]
            let writer = PartitionWriter(try overflow.makeFile(), partitioning, types: types, context)
            let picked = Batch()
            try state.pushRows(ofCall: index) { batch in
                guard let groups = batch.vectors.last else { return }
                picked.vectors = batch.vectors.prefix(width) + [groups]
                picked.rowCount = batch.rowCount
                try writer.add(picked) { row in
                    let group = Int(groups.int32s[row])
                    return group < hashes.count ? partitioning.partition(hashes[group]) : 0
                }
            }
            try writer.flush()
            blocks.append(writer.partitions)
        }
        state.release(calls: released)
    }

    /// Rows by call.
    func rows(ofPartition partition: Int) -> [[SpillBlock]] { blocks.map { $0.isEmpty ? [] : $0[partition] } }
}

extension AggregateDefinition {
    /// How many of its columns are read on disk; nil: it does not go there.
    var externalWidth: Int? {
        switch external {
        case nil: nil
        case .distinct(let fields, _)?: fields.count
        case .ordered?, .listed?: arguments.count
        case .mode?: 1
        }
    }
}
