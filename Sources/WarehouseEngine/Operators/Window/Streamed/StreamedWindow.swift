import WarehouseBasics
import WarehouseColumns

/// Window functions over rows too many for memory that no hash cuts: those of one partition, or of several that fell
/// together. Rows are sorted on disk and go by twice, a part of them in memory: forward for what depends on the rows
/// before and near, backward for what depends on where peers and partitions end.
final class StreamedWindow {
    private let source: SpilledRows
    private let order: [SortColumn]
    private let functions: [any WindowFunction]
    private let inputCount: Int
    /// Column of the rows' positions, the source's last but for the partitions' numbers.
    private let position: Int
    private let numberColumn: Int?
    private let context: QueryContext

    /// `rows`: the window's columns, then positions, then, where there are partitions, their numbers.
    init(_ rows: SpilledRows, order: [SortColumn], functions: [any WindowFunction], inputCount: Int, position: Int,
         context: QueryContext) {
        source = rows
        self.order = order
        self.functions = functions
        self.inputCount = inputCount
        self.position = position
        self.context = context
        numberColumn = rows.types.count > position + 1 ? position + 1 : nil
    }

    /// Whether all of some functions can be computed so.
    static func serves(_ functions: [any WindowFunction]) -> Bool { functions.allSatisfy { $0.streaming != nil } }

    /// The input's columns and the results, positions behind, by position.
    func run() throws -> SpilledRows {
        guard let spill = context.spill else { throw MemoryAccount.exceeded(context.memory.limitBytes ?? 0) }
        let keys = (numberColumn.map { [SortColumn(column: $0)] } ?? []) + order
        let sorted = keys.isEmpty ? source
            : try ExternalSort(source, by: keys, context: context).sorted(columns: source.types.count, stripeRows: .max)
        let file = try spill.makeFile()
        let running = try WindowForward(sorted, order: order, functions: functions, inputCount: inputCount,
                                        position: position, numberColumn: numberColumn, file, context).run()
        let settled = try WindowBackward(running, settlings: functions.map(\.settling), inputCount: inputCount, file,
                                         context).run()
        return try ExternalSort(settled, by: [SortColumn(column: settled.types.count - 1)], context: context)
            .sorted(columns: settled.types.count, stripeRows: .max)
    }
}

extension WindowFunction {
    fileprivate var settling: WindowSettling {
        if case .running(let settling, _)? = streaming { return settling }
        return .here
    }
}
