import Dispatch
import WarehouseBasics

/// Turns one piece of a file's text into chunks, as if the piece began the file. Loaded and read by the reader's
/// thread, run on another one between `start` and `wait`: hence unchecked.
final class PieceParser: @unchecked Sendable {
    private let scanner: CSVScanner
    private let converter: RecordConverter
    private let limits: LoadLimits
    private let finished = DispatchSemaphore(value: 0)
    /// No piece follows this one.
    private var isLast = false

    /// Rows and lines count from the start of the piece.
    private(set) var chunks: [LoadedChunk] = []
    private(set) var rowsParsed = 0
    /// A record was rejected and that ends the load.
    private(set) var isStopped = false
    private(set) var failure: (any Error)?

    init(scanner: CSVScanner, converter: RecordConverter, limits: LoadLimits) {
        self.scanner = scanner
        self.converter = converter
        self.limits = limits
    }

    /// Takes the next piece; false when there is none.
    func load(_ pieces: TextPieces) throws -> Bool {
        guard try scanner.load(pieces) else { return false }
        isLast = pieces.isAtEnd
        return true
    }

    func start() { WorkerThreads.shared.run { self.run() } }

    func wait() { finished.wait() }

    /// Whether the piece does not end where a record does: what follows was then cut in the wrong place.
    /// A stop may itself be the fault of that cut.
    var endsInsideRecord: Bool {
        !isLast && (scanner.endedWithText || !isStopped && !scanner.endsWithRecord)
    }

    /// Lines that ended within the piece.
    var lineCount: Int { scanner.line - 1 }

    /// Offset of the piece in the file's text.
    var fileOffset: Int { scanner.fileOffset }

    var text: [UInt8] { Array(UnsafeBufferPointer(start: scanner.buffer, count: scanner.filled)) }

    private func run() {
        chunks = []
        rowsParsed = 0
        isStopped = false
        failure = nil
        do {
            while try parseChunk() {}
        } catch {
            failure = error
        }
        finished.signal()
    }

    /// False at the end of the piece.
    private func parseChunk() throws -> Bool {
        let chunk = LoadedChunk()
        converter.begin(chunk)
        let start = scanner.fileOffsetOfNext
        defer {
            chunk.bytesRead = scanner.fileOffsetOfNext - start
            if chunk.rowsParsed > 0 { chunks.append(chunk) }
        }
        while chunk.rowCount < limits.chunkRows {
            guard try scanner.next(maximumRecords: limits.chunkRows - chunk.rowCount) > 0 else { return false }
            let before = chunk.rowsParsed
            let goesOn = converter.convert(into: chunk, firstRow: rowsParsed + 1)
            rowsParsed += chunk.rowsParsed - before
            if !goesOn {
                isStopped = true
                return false
            }
        }
        return true
    }
}
