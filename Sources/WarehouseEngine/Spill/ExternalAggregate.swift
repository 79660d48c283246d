import WarehouseBasics
import WarehouseColumns

/// How an aggregate whose state keeps its rows is computed on disk. It reads its argument columns, then its order columns.
enum ExternalAggregate {
    /// Over the distinct rows of its arguments: partition by partition of their hash.
    case distinct([KeyField], inner: () throws -> Aggregator)
    /// Of one or two rows by their place in the order: by sorting. Rows with a null in a required column do not count.
    case ordered(required: [Int], order: [SortColumn], () -> any PlaceReducer)
    /// A value that takes the rows of a group one after the other, in their order: by sorting. Of rows alike in the
    /// `distinct` columns the first counts.
    case listed(required: [Int], order: [SortColumn], distinct: [KeyColumn], () -> any ListReducer)
    /// The value of most rows, of several the one that comes first: by counting, partition by partition.
    case mode(KeyField)
}

/// Makes a result of rows that it picks by their places among all rows in order.
protocol PlaceReducer: GroupReducer {
    /// The places, of `count` rows, at least one.
    func places(of count: Int) -> [Int]
    /// Appends the result; `rows` are those of the places.
    func reduce(placed rows: RowBuffer, of count: Int, into column: inout ColumnBuffer) throws
}

extension ExternalAggregate {
    /// Columns in which a null leaves a row out.
    var required: [Int] {
        switch self {
        case .distinct: []
        case .ordered(let columns, _, _), .listed(let columns, _, _, _): columns
        case .mode: [0]
        }
    }
}
