import WarehousePlan

/// A frame with the columns that its bounds by value are read from.
struct FrameBounds: Equatable {
    var start: WindowFrame.Bound
    var end: WindowFrame.Bound
    var unit: WindowFrame.Unit
    /// Columns of the order's key and of the bounds; nil where no bound is a value.
    var values: Values?

    struct Values: Equatable {
        var key: Int
        var start: Int?
        var end: Int?
        var isDescending: Bool
        var nullsFirst: Bool
        /// TIMESTAMP_TZ, whose offset is no part of its order.
        var isZoned: Bool
    }

    /// `columns`: those of the call's `rangeValues`; `key`: the order's.
    init(_ call: WindowCall, columns: [Int], key: SortKey?) {
        start = call.frame.start
        end = call.frame.end
        unit = call.frame.unit
        guard let first = columns.first, let key else { return }
        values = Values(key: first, start: start == .value ? columns[1] : nil,
                        end: end == .value ? columns[columns.count - 1] : nil, isDescending: key.isDescending,
                        nullsFirst: key.nullsFirst, isZoned: call.rangeValues[0].type.isZoned)
    }

    /// The whole partition.
    static let partition = FrameBounds(start: .unboundedPreceding, end: .unboundedFollowing, unit: .rows)

    private init(start: WindowFrame.Bound, end: WindowFrame.Bound, unit: WindowFrame.Unit) {
        self.start = start
        self.end = end
        self.unit = unit
    }

    /// Whether its ends are those of the current row's peers.
    var needsPeers: Bool { unit == .range && (start == .currentRow || end == .currentRow) }

    /// Whether it begins where its partition does.
    var startsAtPartition: Bool { start == .unboundedPreceding }
}
