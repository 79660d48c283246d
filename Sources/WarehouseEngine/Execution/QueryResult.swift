import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// The rows of a query, owned. Immutable, so that any thread may read it.
public final class QueryResult: Sendable {
    public let columns: [PlanColumn]
    /// Physical types of the columns in every chunk.
    public let physicalTypes: [PhysicalType]
    public let rowCount: Int
    private let content: Frozen<[ResultChunk]>

    /// `chunks`: each with one buffer a column, of the type given; nobody changes them any more.
    public init(columns: [PlanColumn], physicalTypes: [PhysicalType], chunks: [ResultChunk]) {
        self.columns = columns
        self.physicalTypes = physicalTypes
        rowCount = chunks.reduce(0) { $0 + $1.rowCount }
        content = Frozen(chunks)
    }

    /// Runs of rows, in order. Read only.
    public var chunks: [ResultChunk] { content.value }
}

/// Consecutive rows of a result.
public struct ResultChunk {
    /// One a column, `rowCount` rows each.
    public let columns: [ColumnBuffer]
    public let rowCount: Int

    /// Takes columns that nobody changes any more.
    public init(columns: [ColumnBuffer], rowCount: Int) {
        self.columns = columns
        self.rowCount = rowCount
    }
}

/// Data that nobody changes any more: safe to share, which the compiler cannot see.
struct Frozen<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
