import Synchronization
import WarehouseBasics
import WarehouseColumns

/// One chunk on its way into a segment: its rows, and what its columns become. Each column is encoded once, by any
/// thread; whoever encodes the last one hands the chunk to `SegmentWriter.write`.
final class ChunkEncoding: @unchecked Sendable {
    let rowCount: Int
    /// Written by the one thread that encodes the column.
    private let buffers: UnsafeMutableBufferPointer<ColumnBuffer?>
    private let columns: UnsafeMutableBufferPointer<EncodedColumn>
    private let waiting: Atomic<Int>

    /// `buffers`: one for every column, of equal counts.
    init(_ buffers: [ColumnBuffer]) {
        rowCount = buffers.first?.count ?? 0
        self.buffers = .allocate(capacity: buffers.count)
        _ = self.buffers.initialize(from: buffers.map { $0 })
        columns = .allocate(capacity: buffers.count)
        columns.initialize(repeating: EncodedColumn())
        waiting = Atomic(buffers.count)
    }

    deinit {
        buffers.deinitialize()
        buffers.deallocate()
        columns.deinitialize()
        columns.deallocate()
    }

    var columnCount: Int { buffers.count }

    /// Encodes a column into `sink` with the encoder of its segment, and lets go of its rows. True for the last column.
    func encode(_ column: Int, with encoder: ColumnEncoder, into sink: ByteSink) -> Bool {
        if let buffer = buffers[column] {
            columns[column].zones = encoder.encode(buffer, into: sink)
            sink.pad(to: 8)
            columns[column].checksum = Hash64.bytes(sink.bytes)
            columns[column].sink = sink
            buffers[column] = nil
        }
        return waiting.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
    }

    /// Lets go of a column's rows, which nobody wants any more. True for the last column.
    func skip(_ column: Int) -> Bool {
        buffers[column] = nil
        return waiting.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
    }

    /// What a column became; once every column is encoded.
    func encoded(_ column: Int) -> EncodedColumn { columns[column] }
}

/// The bytes of a column of a chunk, padded, their checksum, and the bounds of its values.
struct EncodedColumn {
    var sink: ByteSink?
    var checksum: UInt64 = 0
    var zones = ChunkZones()
}
